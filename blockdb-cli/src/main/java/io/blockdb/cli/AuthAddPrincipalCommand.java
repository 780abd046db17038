package io.blockdb.cli;

import io.blockdb.access.Grant;
import io.blockdb.access.Principal;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code auth add-principal}: adds somebody, or some program. */
@Command(
        name = "add-principal",
        description = "Add a principal: a person or a program that may use a server.",
        footer = {
            "",
            "reader: read values. writer: put, delete, batches; not read. Both of all tables, or of one.",
            "auditor: blocks, proofs and BlockDB's own tables, no values. admin: everything.",
            "The name stands in the ledger for ever: choose one that says nothing where a person may one day",
            "have to be forgotten. Nothing proves the principal yet: set a password, or create a token.",
            "",
            "Examples:",
            "  blockdb-cli auth add-principal root --role admin",
            "  blockdb-cli auth add-principal billing --role reader --role writer --table invoices"
        })
final class AuthAddPrincipalCommand extends BaseCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Its name: 1 to 128 bytes, without a colon.")
    private String name;

    @Mixin
    private GrantOptions roles;

    @Override
    List<OutputFormat> formats() {
        return SENTENCE;
    }

    @Override
    public Integer call() throws IOException {
        OutputFormat format = format();
        Principal.checkName(name);
        List<Grant> grants = roles.grants();
        Principal added = database().writing(db -> db.accounts().add(name, grants));
        String sentence = "Successfully added principal %s (id %s)".formatted(Text.printable(name), added.id());
        PrincipalRows.print(out(), format, sentence, added);
        return ExitCode.DONE;
    }
}

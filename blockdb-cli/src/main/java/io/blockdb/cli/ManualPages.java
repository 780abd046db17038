package io.blockdb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the manual pages, one for each command, from what the commands say of themselves. The build runs it; the same
 * commands give the same bytes.
 */
public final class ManualPages {
    private static final String SECTION = "1";

    private final StringBuilder page = new StringBuilder();

    private ManualPages() {}

    /**
     * Writes the pages.
     *
     * @param arguments the directory to write to, and the version to name
     * @throws IOException if it cannot be written to
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        Streams none = new Streams(
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                "",
                Map.of());
        CommandLine tree = CommandTree.whole(new Session(none, InstantSource.system()));
        write(directory, tree.getCommandSpec(), arguments[1]);
    }

    private static void write(Path directory, CommandSpec spec, String version) throws IOException {
        Files.writeString(
                directory.resolve(name(spec) + "." + SECTION),
                new ManualPages().page(spec, version),
                StandardCharsets.UTF_8);
        for (CommandLine sub : spec.subcommands().values()) {
            write(directory, sub.getCommandSpec(), version);
        }
    }

    private static String name(CommandSpec spec) {
        return spec.qualifiedName("-");
    }

    /** The page of one command, in the man macros of roff. */
    private String page(CommandSpec spec, String version) {
        boolean root = spec.parent() == null;
        String[] summary =
                root ? spec.usageMessage().header() : spec.usageMessage().description();
        macro("TH", name(spec).toUpperCase(java.util.Locale.ROOT), SECTION, "", "BlockDB " + version, "BlockDB");
        macro("SH", "NAME");
        text(name(spec) + " \\- " + escaped(sentence(summary)));
        macro("SH", "SYNOPSIS");
        macro("B", spec.qualifiedName(" "));
        String synopsis =
                new Help(spec, Help.defaultColorScheme(Ansi.OFF)).synopsis(0).strip();
        text(escaped(synopsis.replace(spec.qualifiedName(" "), "").strip().replaceAll("\\s+", " ")));
        List<String> footer = new ArrayList<>(Arrays.asList(spec.usageMessage().footer()));
        int examples = 0;
        while (examples < footer.size() && !footer.get(examples).startsWith("Example")) {
            examples++;
        }
        macro("SH", "DESCRIPTION");
        text(escaped(sentence(summary)) + ".");
        block(footer.subList(0, examples));
        commands(spec);
        arguments(spec);
        options(spec);
        macro("SH", "EXIT STATUS");
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> item("\\fB" + code + "\\fP", meaning));
        if (examples < footer.size()) {
            macro("SH", "EXAMPLES");
            int end = examples + 1;
            while (end < footer.size() && !footer.get(end).isEmpty()) {
                end++;
            }
            block(footer.subList(examples + 1, end));
            block(footer.subList(end, footer.size()));
        }
        macro("SH", "SEE ALSO");
        text(root ? "The page of each command, such as\n.BR blockdb-cli-put (1)." : ".BR blockdb-cli (1)");
        return page.toString();
    }

    private void commands(CommandSpec spec) {
        if (spec.subcommands().isEmpty()) {
            return;
        }
        macro("SH", "COMMANDS");
        for (Map.Entry<String, CommandLine> sub : spec.subcommands().entrySet()) {
            item(
                    "\\fB" + escaped(sub.getKey()) + "\\fP",
                    sub.getValue().getCommandSpec().usageMessage().description());
        }
    }

    private void arguments(CommandSpec spec) {
        if (spec.positionalParameters().isEmpty()) {
            return;
        }
        macro("SH", "ARGUMENTS");
        for (PositionalParamSpec each : spec.positionalParameters()) {
            item("\\fI" + escaped(each.paramLabel()) + "\\fP", each.description());
        }
    }

    private void options(CommandSpec spec) {
        macro("SH", "OPTIONS");
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            StringBuilder names = new StringBuilder();
            for (String each : option.names()) {
                names.append(names.length() == 0 ? "" : ", ")
                        .append("\\fB")
                        .append(escaped(each))
                        .append("\\fP");
            }
            item(names + parameter(option), option.description());
        }
    }

    private static String parameter(ArgSpec option) {
        if (option.arity().max() == 0) {
            return "";
        }
        String label = "\\fI" + escaped(option.paramLabel()) + "\\fP";
        return option.arity().min() == 0 ? " [" + label + "]" : " " + label;
    }

    private void item(String tag, String... text) {
        page.append(".TP\n").append(tag).append('\n');
        text(escaped(String.join(" ", text)));
    }

    /** Lines as they are: those of the help are broken and indented by hand. */
    private void block(List<String> lines) {
        List<String> trimmed = new ArrayList<>(lines);
        while (!trimmed.isEmpty() && trimmed.get(0).isEmpty()) {
            trimmed.remove(0);
        }
        while (!trimmed.isEmpty() && trimmed.get(trimmed.size() - 1).isEmpty()) {
            trimmed.remove(trimmed.size() - 1);
        }
        if (trimmed.isEmpty()) {
            return;
        }
        page.append(".PP\n.nf\n");
        trimmed.forEach(line -> text(escaped(line)));
        page.append(".fi\n");
    }

    private void macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escaped(argument)).append('"');
        }
        page.append('\n');
    }

    private void text(String line) {
        page.append(line).append('\n');
    }

    private static String sentence(String... lines) {
        String text = String.join(" ", lines).replace("%n", "").strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    /** Characters that roff reads otherwise than they are written. */
    private static String escaped(String text) {
        String escaped = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("\"", "\\(dq")
                .replace("~", "\\(ti")
                .replace("^", "\\(ha")
                .replace("`", "\\(ga");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}

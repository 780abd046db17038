package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.RawBlock;
import io.blockdb.ledger.StoredValue;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks blocks by themselves: checksums, the digest of every value, every entry's hash, the root, and what LEDGER.md says of an
 * entry whatever stands before it. Adds up what the index is to hold.
 *
 * <p>Threading: one thread at a time; each thread has its own.
 */
final class BlockAudit {
    private final VerifyScope scope;
    private final EntrySums sums;
    private final EntryHash hash;

    /** The tables of the last entries, newest first: entries of few tables take turns. */
    private final TableName[] recent = {TableName.DEFAULT, SystemTables.REQUESTS, SystemTables.TABLES};

    BlockAudit(VerifyScope scope, EntrySums sums, EntryHash hash) {
        this.scope = scope;
        this.sums = sums;
        this.hash = hash;
    }

    EntrySums sums() {
        return sums;
    }

    /** @throws io.blockdb.base.UnsupportedFormatException if the block is of a newer version */
    AuditedBlock check(RawBlock raw) throws IOException {
        LedgerBlock block;
        try {
            block = raw.decode();
        } catch (CorruptionException e) {
            return new AuditedBlock(raw, null, e);
        }
        block.hash();
        AuditedBlock audited = new AuditedBlock(raw, block, null);
        // The first block names the ledger's first key, which tells whether a checkpoint was altered.
        if (!scope.quick() || block.header().height() == 0) {
            checkEntries(block, audited);
        }
        return audited;
    }

    private void checkEntries(LedgerBlock block, AuditedBlock audited) throws IOException {
        boolean any = false;
        for (int i = 0; i < block.entryCount(); i++) {
            EntryLeaf leaf;
            try {
                leaf = block.leaf(i);
            } catch (CorruptionException e) {
                audited.problems.add(new AuditedBlock.Problem(e, sequence(block, i), null, null, false));
                any = true;
                continue;
            }
            TableName table = tableOf(leaf);
            if (table.isSystem()) {
                checkSystemEntry(block, audited, i, leaf, table);
            } else {
                note(audited, i, leaf, table);
            }
            if (scope.covers(table, block.array(), leaf.keyOffset(), leaf.keyLength())) {
                any = true;
                audited.covered++;
                checkEntry(block, audited, i, leaf, table);
            }
        }
        if (any) {
            try {
                block.checkEntriesRoot();
            } catch (CorruptionException e) {
                audited.problems.add(new AuditedBlock.Problem(e, -1, null, null, false));
            }
        }
    }

    private static long sequence(LedgerBlock block, int number) {
        return block.header().firstSequence() + number;
    }

    private TableName tableOf(EntryLeaf leaf) {
        for (int i = 0; i < recent.length; i++) {
            if (leaf.isOf(recent[i])) {
                return recent[i];
            }
        }
        TableName table = leaf.table();
        System.arraycopy(recent, 0, recent, 1, recent.length - 1);
        recent[0] = table;
        return table;
    }

    private void checkEntry(LedgerBlock block, AuditedBlock audited, int number, EntryLeaf leaf, TableName table)
            throws IOException {
        long sequence = sequence(block, number);
        byte @Nullable [] value = null;
        try {
            StoredValue stored = block.value(number);
            if (stored.isErased()) {
                audited.erased.add(sequence);
            } else {
                value = stored.value();
                if (!leaf.digestMatches(stored.salt(), value)) {
                    audited.problems.add(problem(
                            block.corrupt("entry " + number
                                    + ": the value is not the one that the entry commits to: expected digest "
                                    + leaf.valueDigest() + ", found "
                                    + EntryLeaf.digest(stored.salt(), value)),
                            sequence,
                            leaf,
                            table));
                }
            }
        } catch (CorruptionException e) {
            audited.problems.add(problem(e, sequence, leaf, table));
        }
        if (sequence < sums.end()) {
            ValuePlace place = block.valuePlace(number);
            hash.ofLedger(table, leaf, block.array(), sequence, value, place);
            sums.add(sequence, hash);
        }
    }

    private static AuditedBlock.Problem problem(
            CorruptionException damage, long sequence, EntryLeaf leaf, TableName table) {
        return new AuditedBlock.Problem(damage, sequence, table, leaf.key(), leaf.saltLength() > 0);
    }

    private static void note(AuditedBlock audited, int number, EntryLeaf leaf, TableName table) {
        AuditedBlock.Use use = null;
        for (int i = 0; i < audited.uses.size() && use == null; i++) {
            AuditedBlock.Use known = audited.uses.get(i);
            use = known.table.equals(table) ? known : null;
        }
        if (use == null) {
            use = new AuditedBlock.Use(table);
            audited.uses.add(use);
        }
        if (leaf.kind() == EntryLeaf.KIND_DELETE) {
            use.delete = use.delete < 0 ? number : use.delete;
        } else if (leaf.saltLength() == 0) {
            use.unsalted = use.unsalted < 0 ? number : use.unsalted;
        }
        if (leaf.expiresAt() != 0) {
            use.expiry = use.expiry < 0 ? number : use.expiry;
        }
    }

    private static void checkSystemEntry(
            LedgerBlock block, AuditedBlock audited, int number, EntryLeaf leaf, TableName table)
            throws CorruptionException {
        String problem = null;
        if (table.equals(SystemTables.REQUESTS)) {
            problem = problemOfRequest(block, number, leaf);
        } else if (table.equals(SystemTables.CREDENTIALS)) {
            audited.changesRules = true;
            problem = leaf.kind() != EntryLeaf.KIND_PUT || leaf.saltLength() == 0 || leaf.expiresAt() != 0
                    ? "is no put with a salt: it deletes, expires or has none"
                    : null;
        } else if (SystemTables.KNOWN.contains(table)) {
            audited.changesRules = true;
            problem = leaf.kind() != EntryLeaf.KIND_PUT || leaf.saltLength() != 0 || leaf.expiresAt() != 0
                    ? "is no plain put: it deletes, expires or has a salt"
                    : null;
        }
        if (problem != null) {
            audited.problems.add(
                    problem(block.corrupt("entry " + number + " " + problem), sequence(block, number), leaf, table));
        }
    }

    /** What the ledger's rules say of a request's entry: all of it follows from its batch. */
    private static @Nullable String problemOfRequest(LedgerBlock block, int number, EntryLeaf leaf)
            throws CorruptionException {
        byte[] author = SystemTables.requestKey(leaf.author(), new byte[0]);
        byte[] key = leaf.key();
        long expires = block.header().timestamp() + SystemTables.REQUEST_LIFETIME_MICROS;
        if (leaf.kind() != EntryLeaf.KIND_PUT || leaf.saltLength() != 0 || leaf.valueLength() != 0) {
            return "of a request is no put of an empty value";
        }
        if (leaf.expiresAt() != expires) {
            return "of a request: expected expires_at " + expires + ", found " + leaf.expiresAt();
        }
        if (leaf.joined() || number == 0 || !block.leaf(number - 1).joined()) {
            return "of a request is not the last of a batch that adds something";
        }
        return key.length <= author.length || !Arrays.equals(author, Arrays.copyOf(key, author.length))
                ? "of a request: its key does not begin with its author"
                : null;
    }
}

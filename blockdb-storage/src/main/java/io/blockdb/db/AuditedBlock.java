package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.ledger.RawBlock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link BlockAudit} found of a block by itself. Threading: handed from the thread that made it to one other. */
final class AuditedBlock {
    final RawBlock raw;
    /** Null where the block cannot be read. */
    final @Nullable LedgerBlock block;
    /** Why the block cannot be read. */
    final @Nullable CorruptionException unreadable;

    final List<Problem> problems = new ArrayList<>(0);
    final List<Use> uses = new ArrayList<>(2);
    /** Sequences of entries whose values are in the erased state. */
    final List<Long> erased = new ArrayList<>(0);
    /** How many of its entries are of what is to be verified. */
    int covered;
    /** Whether it holds entries of system tables that change what holds for others. */
    boolean changesRules;

    AuditedBlock(RawBlock raw, @Nullable LedgerBlock block, @Nullable CorruptionException unreadable) {
        this.raw = raw;
        this.block = block;
        this.unreadable = unreadable;
    }

    /**
     * Something that does not check out in a block that can be read.
     *
     * @param sequence of the entry, or -1
     * @param inErasable whether it is about the frame of a value that may be erased one day
     */
    record Problem(
            CorruptionException damage,
            long sequence,
            @Nullable TableName table,
            byte @Nullable [] key,
            boolean inErasable) {}

    /** What the block does in a client's table: the number of the first entry that does it, or -1. */
    static final class Use {
        final TableName table;
        int delete = -1;
        int expiry = -1;
        int unsalted = -1;

        Use(TableName table) {
            this.table = table;
        }
    }
}

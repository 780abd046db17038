package io.blockdb.proof;

import io.blockdb.base.TableName;
import org.jspecify.annotations.Nullable;

/**
 * What a receipt proves: that this entry stands, at this place, in the history that the signers vouch for.
 *
 * <p>It does not prove that no newer revision exists, that another key is absent, that a list is complete, that a write-once
 * key stands only once, when it happened beyond the writer's own clock, or that it has neither expired nor been erased since.
 *
 * @param table the table
 * @param key the key
 * @param deletion whether the entry deletes the key; else it puts a value
 * @param value the value that is proved; null of a deletion, and where only the entry is proved and not its value
 * @param author the principal that wrote it; empty where none is named
 * @param expiresAt when the entry expires, in microseconds since the Unix epoch; 0 = never
 * @param sequence number of the entry in the ledger
 * @param height number of its block
 * @param timestamp the block's, in microseconds since the Unix epoch, by the writer's clock
 * @param joinedToNext whether it was written in one batch with the next entry; false does not say that it was written alone
 * @param checkpoint the checkpoint whose signers vouch for it
 */
public record ProvedEntry(
        TableName table,
        byte[] key,
        boolean deletion,
        byte @Nullable [] value,
        String author,
        long expiresAt,
        long sequence,
        long height,
        long timestamp,
        boolean joinedToNext,
        Checkpoint checkpoint) {}

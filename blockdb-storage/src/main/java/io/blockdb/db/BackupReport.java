package io.blockdb.db;

import io.blockdb.base.LedgerId;

/**
 * What a backup has become.
 *
 * @param ledgerId the ledger that it is of
 * @param blocks blocks that it holds
 * @param entries their entries
 * @param checkpointSize how many of the blocks the checkpoint beside it covers; 0: there is none
 * @param notSigned why no newer checkpoint could be signed; empty: one was
 * @param filesKept files that were there already
 * @param filesLinked files that share their bytes with the database's
 * @param filesCopied files that were copied
 * @param bytesCopied bytes that were copied
 * @param erasedKept values that were erased after they had been copied, by this run or by the last one before it, and that the
 *     backup still holds
 * @param withKeys whether it holds private keys
 * @param recorded whether the database remembers it; one that is open read-only cannot
 */
public record BackupReport(
        LedgerId ledgerId,
        long blocks,
        long entries,
        long checkpointSize,
        String notSigned,
        int filesKept,
        int filesLinked,
        int filesCopied,
        long bytesCopied,
        long erasedKept,
        boolean withKeys,
        boolean recorded) {}

package io.blockdb.db;

/**
 * How a backup is made.
 *
 * @param withKeys whether the private keys go with it: whoever has the backup can then sign for the ledger
 * @param link whether files that never change any more may be hard links, which cost nothing, and share the fate of the disk
 */
public record BackupOptions(boolean withKeys, boolean link) {
    /** Without private keys, with links where the file system allows. */
    public static final BackupOptions DEFAULT = new BackupOptions(false, true);
}

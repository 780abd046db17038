package io.blockdb.cli;

import io.blockdb.base.TableName;
import io.blockdb.cli.database.Database;
import io.blockdb.cli.database.Entries;
import io.blockdb.db.KeyRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far imports of one file have come, as the database itself knows it.
 *
 * <p>Every batch of an import has a request id that says which import it belongs to, and behind which byte of the input the
 * batch ends. The ledger keeps the id in the same batch ({@code _requests}), so what was written and how far it reaches is
 * one commit: no crash can part them, and there is no second file that could disagree. The newest id of an import is
 * where to go on.
 *
 * <p>An import is the same when it reads the same bytes with the same meaning: its name is a hash of the whole file and of
 * the options that decide what a line becomes. A file that grew is another import.
 *
 * <p>As text: {@code import/}, 32 hex digits of the name, {@code /}, 4 of the run (how often it was begun anew), {@code /},
 * 14 of the offset, {@code /}, 14 of the number of lines that end before it: of fixed lengths, so that their order as bytes
 * is that of run and offset.
 */
final class ImportJournal {
    private static final TableName REQUESTS = TableName.of("_requests");
    private static final int NAME_BYTES = 16;
    private static final int RUN_DIGITS = 4;
    private static final int NUMBER_DIGITS = 14;
    private static final int RUNS_MAX = 0xffff;
    private static final int READ_SIZE = 1 << 20;

    /**
     * Where an import has come to.
     *
     * @param offset bytes of the input that were dealt with
     * @param lines how many lines end in them
     */
    record Place(int run, long offset, long lines) {}

    /** Is told how many bytes of the file have been read. */
    @FunctionalInterface
    interface Progress {
        void read(long bytes);
    }

    /** How the ids of this import begin. */
    private final String prefix;

    private ImportJournal(byte[] name) {
        this.prefix = "import/" + HexFormat.of().formatHex(name, 0, NAME_BYTES) + "/";
    }

    /**
     * The journal of the import of a file; reads all of it.
     *
     * @param meaning what decides, besides the file, what is written
     */
    static ImportJournal of(Path file, List<String> meaning, Progress progress) throws IOException {
        MessageDigest digest = sha256();
        for (String part : meaning) {
            digest.update(sha256().digest(part.getBytes(StandardCharsets.UTF_8)));
        }
        byte[] chunk = new byte[READ_SIZE];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read; (read = in.read(chunk)) >= 0; ) {
                digest.update(chunk, 0, read);
                bytes += read;
                progress.read(bytes);
            }
        }
        return new ImportJournal(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Where the newest run has come to, or null where no batch of the import was ever written. */
    @Nullable
    Place last(Database db) throws IOException {
        // A key of _requests is the author, a zero byte, and the id.
        byte[] begin = (db.author() + "\0" + prefix).getBytes(StandardCharsets.UTF_8);
        // An id is looked up for a day when a batch is decided; it stands in the ledger for ever.
        try (Entries newest = db.now().withExpired().entries(REQUESTS, KeyRange.prefix(begin), true)) {
            return newest.next() ? parse(newest.revision().key(), begin.length) : null;
        }
    }

    private static @Nullable Place parse(byte[] key, int begin) {
        String text = new String(key, begin, key.length - begin, StandardCharsets.US_ASCII);
        if (text.length() != RUN_DIGITS + 2 * (1 + NUMBER_DIGITS)) {
            return null;
        }
        int offset = RUN_DIGITS + 1;
        int lines = offset + NUMBER_DIGITS + 1;
        return new Place(
                HexFormat.fromHexDigits(text, 0, RUN_DIGITS),
                HexFormat.fromHexDigitsToLong(text, offset, offset + NUMBER_DIGITS),
                HexFormat.fromHexDigitsToLong(text, lines, lines + NUMBER_DIGITS));
    }

    /**
     * The run that begins anew behind another.
     *
     * @throws UsageException if the file was imported anew too often
     */
    static int runAfter(@Nullable Place last) {
        if (last != null && last.run() == RUNS_MAX) {
            throw new UsageException("this file was imported anew 65,535 times already");
        }
        return last == null ? 0 : last.run() + 1;
    }

    /** The request id of the batch that ends at a place. */
    byte[] requestId(Place end) {
        HexFormat hex = HexFormat.of();
        String place = hex.toHexDigits(end.run(), RUN_DIGITS) + "/" + hex.toHexDigits(end.offset(), NUMBER_DIGITS) + "/"
                + hex.toHexDigits(end.lines(), NUMBER_DIGITS);
        return (prefix + place).getBytes(StandardCharsets.US_ASCII);
    }
}

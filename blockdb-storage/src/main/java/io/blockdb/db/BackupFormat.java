package io.blockdb.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.base.ByteReader;
import io.blockdb.base.ByteWriter;
import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * What a backup is: the file {@code BACKUP} in its directory. It is written last, as a whole (beside, synced, renamed): where it
 * is missing, a backup was begun and not finished, and where it is, everything that it names was on disk and checked. Until the
 * first one is finished {@code BACKUP.part} stands there, in the same form, and names no file.
 *
 * <p>Three lines of UTF-8, each ended by a line feed:
 *
 * <pre>
 *   BlockDB backup 1
 *   {"ledger_id":"…","head":"…","time":1700000000000000,"checkpoint":true,"keys":false,
 *    "files":[{"name":"ledger/0000000001.seg","size":4711},…]}                      (one line)
 *   crc32c 0a1b2c3d
 * </pre>
 *
 * <p>{@code head} is the point behind the newest block in hex, as {@link LedgerPoint} encodes it; {@code time} is in microseconds
 * since the Unix epoch; {@code checkpoint} says whether {@code CHECKPOINT} belongs to it, {@code keys} whether private keys do. The
 * checksum covers both lines before it.
 *
 * <p>History: version 1, BlockDB 0.1.
 */
final class BackupFormat {
    static final String FILE_NAME = "BACKUP";
    static final String PART_NAME = "BACKUP.part";
    static final String TEMPORARY_NAME = "BACKUP.tmp";

    /** The signed note beside a backup. */
    static final String CHECKPOINT_NAME = "CHECKPOINT";

    private static final String FIRST = "BlockDB backup ";
    private static final int VERSION = 1;
    private static final int LENGTH_MAX = 64 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private BackupFormat() {}

    /**
     * A file of a backup.
     *
     * @param name its path in the directory
     * @param size its length in bytes
     */
    record File(String name, long size) {}

    /**
     * A backup.
     *
     * @param ledgerId the ledger that it is of
     * @param head the point behind its newest block
     * @param timeMicros when it was made, in microseconds since the Unix epoch
     * @param checkpoint whether a signed checkpoint stands beside it
     * @param keys whether it holds private keys
     * @param files its files, but for this one
     */
    record Content(
            LedgerId ledgerId, LedgerPoint head, long timeMicros, boolean checkpoint, boolean keys, List<File> files) {}

    /** Writes a backup's file under a name, replacing what is there, and syncs it. */
    static void write(FileSystem fileSystem, Path directory, String name, Content content) throws IOException {
        byte[] bytes = encode(content);
        Path temporary = directory.resolve(TEMPORARY_NAME);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, bytes, 0, bytes.length);
            file.sync();
        }
        fileSystem.rename(temporary, directory.resolve(name));
        fileSystem.syncDirectory(directory);
    }

    private static byte[] encode(Content content) throws IOException {
        ByteWriter head = new ByteWriter(LedgerPoint.ENCODED_LENGTH);
        content.head().encode(head);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((FIRST + VERSION + "\n").getBytes(StandardCharsets.UTF_8));
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            out.writeStartObject();
            out.writeStringField("ledger_id", content.ledgerId().toString());
            out.writeStringField("head", HexFormat.of().formatHex(head.toBytes()));
            out.writeNumberField("time", content.timeMicros());
            out.writeBooleanField("checkpoint", content.checkpoint());
            out.writeBooleanField("keys", content.keys());
            out.writeArrayFieldStart("files");
            for (File file : content.files()) {
                out.writeStartObject();
                out.writeStringField("name", file.name());
                out.writeNumberField("size", file.size());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        bytes.write('\n');
        bytes.writeBytes((checksum(bytes.toByteArray(), bytes.size()) + "\n").getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static String checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return String.format(Locale.ROOT, "crc32c %08x", crc.getValue());
    }

    /**
     * Reads a backup's file, which must exist.
     *
     * @throws CorruptionException if it is damaged
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    static Content read(FileSystem fileSystem, Path directory, String name) throws IOException {
        Path path = directory.resolve(name);
        byte[] bytes;
        int length;
        try (ReadableFile file = fileSystem.openForReading(path)) {
            bytes = new byte[(int) Math.min(LENGTH_MAX, file.size())];
            length = file.read(0, bytes, 0, bytes.length);
        }
        String[] lines = new String(bytes, 0, length, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length != 4 || !lines[0].startsWith(FIRST) || !lines[3].isEmpty()) {
            throw new CorruptionException(name, 0, length, "expected three lines, the first beginning '" + FIRST + "'");
        }
        int covered = length - lines[2].getBytes(StandardCharsets.UTF_8).length - 1;
        String expected = checksum(bytes, covered);
        if (!lines[2].equals(expected)) {
            throw new CorruptionException(
                    name, 0, length, "checksum mismatch: expected " + lines[2] + ", found " + expected);
        }
        if (!lines[0].equals(FIRST + VERSION)) {
            throw new UnsupportedFormatException(
                    name + ": '" + lines[0] + "' was written by a newer version; this one reads version " + VERSION);
        }
        try {
            return parse(name, lines[1]);
        } catch (IllegalArgumentException e) {
            throw new CorruptionException(name, 0, length, "does not parse: " + e.getMessage(), e);
        }
    }

    private static Content parse(String name, String json) throws IOException {
        LedgerId id = null;
        LedgerPoint head = null;
        long time = 0;
        boolean checkpoint = false;
        boolean keys = false;
        List<File> files = new ArrayList<>();
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                switch (field) {
                    case "ledger_id" -> id = LedgerId.parse(in.getText());
                    case "head" -> head = point(name, in.getText());
                    case "time" -> time = in.getLongValue();
                    case "checkpoint" -> checkpoint = in.getBooleanValue();
                    case "keys" -> keys = in.getBooleanValue();
                    case "files" -> files(in, files);
                    default -> throw new CorruptionException(name, 0, 0, "unknown field '" + field + "'");
                }
            }
        }
        if (id == null || head == null) {
            throw new CorruptionException(name, 0, 0, "a field is missing");
        }
        return new Content(id, head, time, checkpoint, keys, List.copyOf(files));
    }

    private static LedgerPoint point(String name, String hex) throws CorruptionException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        ByteReader in = new ByteReader(name, 0, bytes, 0, bytes.length);
        LedgerPoint point = LedgerPoint.decode(in);
        in.expectEnd("head");
        return point;
    }

    private static void files(JsonParser in, List<File> files) throws IOException {
        while (in.nextToken() == JsonToken.START_OBJECT) {
            String name = "";
            long size = -1;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                if (field.equals("name")) {
                    name = in.getText();
                } else if (field.equals("size")) {
                    size = in.getLongValue();
                }
            }
            files.add(new File(name, size));
        }
    }
}

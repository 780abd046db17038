package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The backups that a database knows of: {@code BACKUPS} in its directory. An erasure does not reach them, so whoever erases is
 * told of them.
 *
 * <p>One line of UTF-8 for each directory, the oldest first:
 *
 * <pre>
 *   CRC32C of the rest of the line, 8 hex digits | space | time, microseconds since the epoch | space
 *   | height of the newest block | space | absolute path, with %XX for control characters and the percent sign | \n
 * </pre>
 *
 * <p>For people and for erasures: no answer and no proof depends on it. It is replaced as a whole (written beside, synced,
 * renamed). A line may be deleted by hand, when its backup is.
 *
 * <p>History: BlockDB 0.1.
 */
final class KnownBackups {
    static final String FILE_NAME = "BACKUPS";
    static final String TEMPORARY_NAME = FILE_NAME + ".tmp";

    /** A file that is longer was not written by BlockDB. */
    private static final int LENGTH_MAX = 16 << 20;

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}) (([0-9]{1,18}) ([0-9]{1,18}) (.+))");

    private KnownBackups() {}

    /**
     * A backup.
     *
     * @param directory its absolute path
     * @param timeMicros when it was last brought up to date, in microseconds since the Unix epoch
     * @param height height of its newest block
     */
    record Known(Path directory, long timeMicros, long height) {}

    /**
     * Reads which there are.
     *
     * @return empty where there is no such file
     * @throws CorruptionException if a line does not check out
     */
    static List<Known> read(FileSystem fileSystem, Path root) throws IOException {
        Path path = root.resolve(FILE_NAME);
        if (!fileSystem.exists(path)) {
            return List.of();
        }
        byte[] bytes;
        int length;
        try (ReadableFile file = fileSystem.openUncached(path)) {
            // Of what was opened: a backup that ends now puts another file in its place.
            bytes = new byte[(int) Math.min(LENGTH_MAX, file.size())];
            length = file.read(0, bytes, 0, bytes.length);
        }
        List<Known> known = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < length; at++) {
            if (bytes[at] == '\n') {
                known.add(parse(bytes, begin, at));
                begin = at + 1;
            }
        }
        if (begin < length) {
            throw new CorruptionException(FILE_NAME, begin, length - begin, "the last line is not whole");
        }
        return known;
    }

    private static Known parse(byte[] bytes, int begin, int end) throws CorruptionException {
        Matcher line = LINE.matcher(new String(bytes, begin, end - begin, StandardCharsets.UTF_8));
        if (!line.matches() || !line.group(1).equals(crc(line.group(2)))) {
            throw new CorruptionException(
                    FILE_NAME, begin, end - begin, "the line of a backup does not have the checksum that it states");
        }
        try {
            return new Known(
                    Path.of(unescaped(line.group(5))), Long.parseLong(line.group(3)), Long.parseLong(line.group(4)));
        } catch (InvalidPathException e) {
            throw new CorruptionException(FILE_NAME, begin, end - begin, "not a path: " + e.getMessage(), e);
        }
    }

    /**
     * Takes note of a backup, in place of what was known of that directory. When this returns it is on disk. One at a time: of two
     * backups that end together, both must be known.
     */
    static synchronized void record(FileSystem fileSystem, Path root, Known backup) throws IOException {
        List<Known> all = new ArrayList<>(read(fileSystem, root));
        all.removeIf(known -> known.directory().equals(backup.directory()));
        all.add(backup);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Known known : all) {
            String text = known.timeMicros() + " " + known.height() + " "
                    + escaped(known.directory().toString());
            out.writeBytes((crc(text) + " " + text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Path temporary = root.resolve(TEMPORARY_NAME);
        if (fileSystem.exists(temporary)) {
            fileSystem.delete(temporary);
        }
        byte[] bytes = out.toByteArray();
        try (WritableFile file = fileSystem.create(temporary)) {
            file.write(0, bytes, 0, bytes.length);
            file.sync();
        }
        fileSystem.rename(temporary, root.resolve(FILE_NAME));
        fileSystem.syncDirectory(root);
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    private static String escaped(String path) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || Character.isISOControl(c)) {
                text.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static String unescaped(String text) {
        return Pattern.compile("%([0-9A-F]{2})")
                .matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }
}

package io.blockdb.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where one repair keeps the files that it is about to replace: {@code quarantine/<time>/}, each under the path that it had, and
 * {@code REPORT.json}, which says what, why, when and out of what it was mended. The files are links where the file system has
 * them, else copies, and are on disk before anything is replaced. Nothing reads them; the report of a repair that did not come to
 * its end is what the next one goes by.
 *
 * <p>Threading: one thread.
 */
final class Quarantine {
    static final String REPORT = "REPORT.json";

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
    private static final JsonFactory JSON = new JsonFactory();

    private final FileSystem fileSystem;
    private final Path root;
    private final Path directory;
    private final long micros;
    private final @Nullable Path copy;
    private final FileCopies copies;
    private final Map<String, String> kept = new LinkedHashMap<>();
    private boolean begun;

    /**
     * @param root the data directory
     * @param copy out of what the ledger is mended, or null
     */
    Quarantine(FileSystem fileSystem, Path root, long micros, @Nullable Path copy) throws IOException {
        this.fileSystem = fileSystem;
        this.root = root;
        this.micros = micros;
        this.copy = copy;
        this.copies = new FileCopies(fileSystem);
        String stamp = LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), 0, ZoneOffset.UTC)
                .format(STAMP);
        Path free = root.resolve("quarantine").resolve(stamp);
        for (int n = 2; fileSystem.exists(free); n++) {
            free = free.resolveSibling(stamp + "-" + n);
        }
        this.directory = free;
    }

    /** The directory, relative to the data directory; empty while nothing was put there. */
    String name() {
        return begun ? root.relativize(directory).toString() : "";
    }

    /** Whether anything was put there. */
    boolean isBegun() {
        return begun;
    }

    /** Sees to it that a directory below this one, or this one, is there, with its name on disk. */
    private void begin(Path below) throws IOException {
        begun = true;
        fileSystem.createDirectories(below);
        for (Path each = below; !each.equals(root); each = Objects.requireNonNull(each.getParent())) {
            fileSystem.syncDirectory(each);
        }
        fileSystem.syncDirectory(root);
    }

    /** Keeps a file that is there, as it is now. */
    void keep(String file, String why) throws IOException {
        Path from = root.resolve(file);
        if (kept.containsKey(file) || !fileSystem.exists(from) || fileSystem.isDirectory(from)) {
            return;
        }
        Path to = directory.resolve(file);
        Path parent = Objects.requireNonNull(to.getParent());
        begin(parent);
        if (!fileSystem.link(from, to)) {
            copies.copy(from, to, false);
        }
        fileSystem.syncDirectory(parent);
        kept.put(file, why);
    }

    /** Writes the report, in place of the one before. */
    void report(RepairReport report, boolean ended) throws IOException {
        begin(directory);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeStringField("state", !ended ? "begun" : report.repaired() ? "repaired" : "not repaired");
            out.writeNumberField("time_micros", micros);
            out.writeStringField("mended_from", copy == null ? "" : copy.toString());
            out.writeArrayFieldStart("kept");
            for (Map.Entry<String, String> file : kept.entrySet()) {
                out.writeStartObject();
                out.writeStringField("file", file.getKey());
                out.writeStringField("why", file.getValue());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("done");
            for (RepairReport.Step step : report.steps()) {
                out.writeStartObject();
                out.writeStringField("file", step.file());
                out.writeStringField("what", step.what());
                out.writeEndObject();
            }
            out.writeEndArray();
            writeLosses(out, report.losses());
            out.writeArrayFieldStart("not_repaired");
            for (String each : report.notRepaired()) {
                out.writeString(each);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        bytes.write('\n');
        copies.write(bytes.toByteArray(), directory.resolve(REPORT));
        fileSystem.syncDirectory(directory);
    }

    private static void writeLosses(JsonGenerator out, List<RepairReport.Loss> losses) throws IOException {
        out.writeArrayFieldStart("lost");
        for (RepairReport.Loss loss : losses) {
            out.writeStartObject();
            out.writeStringField("file", loss.file());
            out.writeNumberField("from_height", loss.fromHeight());
            out.writeNumberField("to_height", loss.toHeight());
            out.writeNumberField("from_sequence", loss.fromSequence());
            out.writeNumberField("to_sequence", loss.toSequence());
            out.writeArrayFieldStart("keys");
            for (RepairReport.LostKey key : loss.keys()) {
                out.writeStartObject();
                out.writeStringField("table", key.table());
                out.writeStringField("key", Base64.getEncoder().encodeToString(key.key()));
                out.writeNumberField("sequence", key.sequence());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    /** The reports of repairs in a data directory that began to replace files and did not come to their end. */
    static List<Path> unfinished(FileSystem fileSystem, Path root) throws IOException {
        Path all = root.resolve("quarantine");
        List<Path> found = new ArrayList<>();
        if (fileSystem.exists(all)) {
            for (String name : fileSystem.list(all)) {
                Path report = all.resolve(name).resolve(REPORT);
                if (fileSystem.exists(report) && "begun".equals(state(fileSystem, report))) {
                    found.add(report);
                }
            }
        }
        return found;
    }

    private static @Nullable String state(FileSystem fileSystem, Path report) throws IOException {
        byte[] bytes = new byte[256];
        int length;
        try (ReadableFile file = fileSystem.openForReading(report)) {
            length = file.read(0, bytes, 0, bytes.length);
        }
        try (JsonParser in = JSON.createParser(bytes, 0, length)) {
            boolean first = in.nextToken() == JsonToken.START_OBJECT && in.nextToken() == JsonToken.FIELD_NAME;
            return first && in.currentName().equals("state") ? in.nextTextValue() : null;
        }
    }

    /** Says of a repair that did not come to its end that a later one has. */
    static void finish(FileSystem fileSystem, Path report) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(fileSystem.size(report))];
        int length;
        try (ReadableFile file = fileSystem.openForReading(report)) {
            length = file.read(0, bytes, 0, bytes.length);
        }
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        new FileCopies(fileSystem)
                .write(
                        text.replaceFirst("\"begun\"", "\"completed by a later repair\"")
                                .getBytes(StandardCharsets.UTF_8),
                        report);
        fileSystem.syncDirectory(Objects.requireNonNull(report.getParent()));
    }
}

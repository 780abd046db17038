package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import io.blockdb.io.FileSystem;
import io.blockdb.io.ReadableFile;
import io.blockdb.io.WritableFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Does to the last segment what its {@link TailScan} asks for: keeps what is torn in quarantine, cuts it, and writes again
 * whatever is not known to be synced. All of it is synced when a method returns; a crash in between leaves what the next
 * recovery treats alike.
 */
final class TailRepair {
    private static final int CHUNK = 1 << 20;

    private final FileSystem fileSystem;
    private final Path directory;
    private final Path quarantine;
    private final List<String> notes;

    /** @param notes takes a sentence for each thing that was done */
    TailRepair(FileSystem fileSystem, Path directory, Path quarantine, List<String> notes) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.quarantine = quarantine;
        this.notes = notes;
    }

    /** Brings a segment in order that is to be appended to, or is sealed. */
    void settle(Segment segment, TailScan.Result scan) throws IOException {
        long end = scan.end().place().offset();
        long rewriteFrom = end;
        int rewritten = 0;
        for (TailScan.Frame frame : scan.frames()) {
            if (frame.height() >= scan.durableBlocks()) {
                rewriteFrom = Math.min(rewriteFrom, frame.offset());
                rewritten++;
            }
        }
        boolean sealed = scan.sealOffset() >= 0;
        boolean headerUnknown = scan.durableBlocks() <= segment.header().firstHeight();
        if (scan.torn() == null && rewritten == 0 && !sealed && !headerUnknown) {
            return;
        }
        if (scan.torn() != null) {
            quarantine(segment.path(), end);
        }
        try (SegmentWriter writer = SegmentWriter.open(fileSystem, segment.path(), segment.header(), end)) {
            if (scan.torn() != null) {
                writer.cut(end);
            }
            long rewriteEnd = sealed ? end + SegmentFormat.SEAL_LENGTH : end;
            rewrite(segment, writer, rewriteFrom, rewriteEnd);
            if (sealed && segment.size() > rewriteEnd) {
                writer.cut(rewriteEnd);
            }
            writer.writeHeader(directory);
        }
        if (rewritten > 0) {
            notes.add("The last " + (rewritten == 1 ? "block was" : rewritten + " blocks were")
                    + " written and synced again.");
        }
    }

    private static void rewrite(Segment segment, SegmentWriter writer, long from, long end) throws IOException {
        byte[] bytes = new byte[(int) Math.min(CHUNK, end - from)];
        for (long at = from; at < end; ) {
            int length = (int) Math.min(bytes.length, end - at);
            int read = segment.read(at, bytes, 0, length);
            if (read != length) {
                throw new CorruptionException(segment.name(), at, length, "only " + read + " bytes can be read");
            }
            writer.rewrite(at, bytes, length);
            at += length;
        }
    }

    /** Takes away a segment that holds no block; with whatever else it holds in quarantine, where that is of any use. */
    void remove(Path segment, boolean keep) throws IOException {
        if (keep) {
            quarantine(segment, 0);
        }
        fileSystem.delete(segment);
        fileSystem.syncDirectory(directory);
    }

    /** Copies a file from {@code offset} to its last byte that is not zero into the quarantine directory, synced. */
    private void quarantine(Path path, long offset) throws IOException {
        try (ReadableFile source = fileSystem.openForReading(path)) {
            byte[] bytes = new byte[CHUNK];
            long end = offset;
            long at = offset;
            for (int length; (length = source.read(at, bytes, 0, bytes.length)) > 0; at += length) {
                int used = length;
                while (used > 0 && bytes[used - 1] == 0) {
                    used--;
                }
                end = used > 0 ? at + used : end;
            }
            if (end == offset) {
                return;
            }
            fileSystem.createDirectories(quarantine);
            Path copy = freeName(path.getFileName() + "-from-" + offset);
            try (WritableFile target = fileSystem.create(copy)) {
                for (at = offset; at < end; ) {
                    int length = source.read(at, bytes, 0, (int) Math.min(bytes.length, end - at));
                    if (length <= 0) {
                        throw new IOException(path + ": ends at " + at + " while it is copied, expected " + end);
                    }
                    target.write(at - offset, bytes, 0, length);
                    at += length;
                }
                target.sync();
            }
            syncNames();
            notes.add("What was put aside is kept in quarantine/" + copy.getFileName() + ".");
        }
    }

    private Path freeName(String base) throws IOException {
        Path copy = quarantine.resolve(base);
        for (int n = 2; fileSystem.exists(copy); n++) {
            copy = quarantine.resolve(base + "-" + n);
        }
        return copy;
    }

    private void syncNames() throws IOException {
        fileSystem.syncDirectory(quarantine);
        Path parent = quarantine.getParent();
        if (parent != null) {
            fileSystem.syncDirectory(parent);
        }
    }
}

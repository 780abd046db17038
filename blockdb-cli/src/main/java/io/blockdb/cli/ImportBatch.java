package io.blockdb.cli;

import io.blockdb.db.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of an import's input: the operations that are committed together, and the lines among them that are none.
 *
 * <p>Threading: filled by one thread, then handed to another.
 */
final class ImportBatch {
    /** A line that asks for nothing that can be written, and why. */
    record Refused(long line, String reason) {}

    private final List<OperationLine> operations = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();
    private final KeySet keys = new KeySet();
    private WriteBatch writes = new WriteBatch();
    private @Nullable TableLine table;
    private long expired;
    private long bytes;
    private long lines;
    private long offset;
    private long linesEnded;
    private long bytesRead;

    /** Whether the operation has its place in this batch: there is room, and the batch does not write its key yet. */
    boolean takes(OperationLine operation) {
        return bytes + operation.size() <= Limits.BATCH_BYTES && !keys.contains(operation);
    }

    void add(OperationLine operation) {
        lines++;
        bytes += operation.size();
        operations.add(operation);
        keys.add(operation);
        operation.addTo(writes);
    }

    void refuse(long line, String reason) {
        lines++;
        refused.add(new Refused(line, reason));
    }

    /** A line was left out because its entry has expired. */
    void expire() {
        lines++;
        expired++;
    }

    /** A table is to be created, before whatever else there is. */
    void table(TableLine line) {
        lines++;
        table = line;
    }

    /** Says how far the input was read with this batch. */
    void end(long inputOffset, long inputLinesEnded, long fileBytesRead) {
        offset = inputOffset;
        linesEnded = inputLinesEnded;
        bytesRead = fileBytesRead;
    }

    List<OperationLine> operations() {
        return operations;
    }

    /** The operations, as they are written. */
    WriteBatch writes() {
        return writes;
    }

    /** Leaves out operations by their numbers. */
    void leaveOut(List<Integer> numbers) {
        for (int i = numbers.size() - 1; i >= 0; i--) {
            operations.remove((int) numbers.get(i));
        }
        writes = new WriteBatch();
        for (OperationLine operation : operations) {
            operation.addTo(writes);
        }
    }

    List<Refused> refused() {
        return refused;
    }

    @Nullable
    TableLine table() {
        return table;
    }

    long expired() {
        return expired;
    }

    /** Lines or rows, empty ones left out. */
    long lines() {
        return lines;
    }

    /** Bytes of the input up to the end of the batch. */
    long offset() {
        return offset;
    }

    /** Lines of the input that end in them. */
    long linesEnded() {
        return linesEnded;
    }

    /** Bytes of the file, packed as it may be, that were read for it. */
    long bytesRead() {
        return bytesRead;
    }
}

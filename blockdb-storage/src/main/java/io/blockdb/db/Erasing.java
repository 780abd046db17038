package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.TableName;
import io.blockdb.db.RefusedException.Reason;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.LedgerBlock;
import io.blockdb.proof.EntryLeaf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a caller can do about erasures: order one, list them, find and remove what else may hold the value.
 *
 * <p>Threading: any thread.
 */
final class Erasing {
    /** Files that hold bytes of a segment, whatever put them aside. */
    private static final Pattern SEGMENT_BYTES = Pattern.compile(".*[0-9]{10}\\.seg.*");

    /** What a repair was writing beside a segment when it ended. */
    private static final Pattern LEFT_OVER = Pattern.compile("[0-9]{10}\\.seg\\..+");

    private final Engine engine;
    private final DataDirectory directory;
    private final FileSystem fileSystem;

    Erasing(Engine engine, DataDirectory directory, FileSystem fileSystem) {
        this.engine = engine;
        this.directory = directory;
        this.fileSystem = fileSystem;
    }

    /** Fails unless the entry of a sequence is one of that key: who erases says twice what is meant. */
    void check(TableName table, byte[] key, long sequence) throws IOException {
        if (table.isSystem()) {
            throw refuse(
                    "table '" + table + "' is BlockDB's own: what it holds is erased by what replaces or revokes it");
        }
        long entries = engine.published().entries();
        if (sequence < 0 || sequence >= entries) {
            throw refuse("there is no entry with sequence " + sequence + ": the newest has " + (entries - 1));
        }
        EntryLeaf leaf = leaf(engine.ledger().blockOfSequence(sequence), sequence);
        if (!leaf.table().equals(table)) {
            throw refuse("the entry with sequence " + sequence + " is of table '" + leaf.table() + "', not of table '"
                    + table + "'; nothing was erased");
        }
        if (!Arrays.equals(leaf.key(), key)) {
            throw refuse("the entry with sequence " + sequence + " is of another key of table '" + table
                    + "'; nothing was erased");
        }
    }

    private static RefusedException refuse(String message) {
        return new RefusedException(Reason.NOT_ERASABLE, List.of(0), message);
    }

    private static EntryLeaf leaf(LedgerBlock block, long sequence) throws CorruptionException {
        return block.leaf((int) (sequence - block.header().firstSequence()));
    }

    /** Tells of every erasure that a view sees, in the order of the sequences erased. */
    void list(View view, boolean pendingOnly, Erasure.Visitor visitor) throws IOException {
        try (Cursor cursor = view.cursor(SystemTables.ERASURES, KeyRange.all())) {
            while (cursor.next()) {
                boolean pending = engine.index().erasures().isPending(cursor.sequence());
                if (pending || !pendingOnly) {
                    visitor.erasure(read(cursor.sequence(), cursor.key(), cursor.value(), pending));
                }
            }
        }
    }

    private Erasure read(long sequence, byte[] key, byte[] value, boolean pending) throws IOException {
        Map<String, String> fields = SystemTables.parse(value);
        LedgerBlock block = engine.ledger().blockOfSequence(sequence);
        try {
            return new Erasure(
                    sequence,
                    SystemTables.erasedSequence(key, 0, key.length),
                    TableName.of(fields.getOrDefault("table", "")),
                    Base64.getDecoder().decode(fields.getOrDefault("key", "")),
                    fields.getOrDefault("reason", ""),
                    leaf(block, sequence).author(),
                    block.header().timestamp(),
                    pending);
        } catch (IllegalArgumentException e) {
            throw new CorruptionException("_erasures", 0, 0, "entry " + sequence + " does not parse", e);
        }
    }

    /** Where the value of a sequence, of which there is an entry, may stand besides the ledger. */
    ErasureCopies copiesOf(long sequence) throws IOException {
        long height = engine.ledger().blockOfSequence(sequence).header().height();
        List<Path> backups = new ArrayList<>();
        for (KnownBackups.Known backup : KnownBackups.read(fileSystem, directory.root())) {
            if (backup.height() >= height) {
                backups.add(backup.directory());
            }
        }
        return new ErasureCopies(quarantined(), List.copyOf(backups));
    }

    private List<Path> quarantined() throws IOException {
        List<Path> found = new ArrayList<>();
        if (fileSystem.exists(directory.quarantine())) {
            find(directory.quarantine(), found);
        }
        for (String name : fileSystem.list(directory.ledger())) {
            if (LEFT_OVER.matcher(name).matches()) {
                found.add(directory.ledger().resolve(name));
            }
        }
        return List.copyOf(found);
    }

    private void find(Path parent, List<Path> found) throws IOException {
        for (String name : fileSystem.list(parent)) {
            Path path = parent.resolve(name);
            if (fileSystem.isDirectory(path)) {
                find(path, found);
            } else if (SEGMENT_BYTES.matcher(name).matches()) {
                found.add(path);
            }
        }
    }

    /** Deletes what quarantine holds of the ledger; answers what that was. */
    List<Path> purgeQuarantine() throws IOException {
        engine.checkWritable();
        List<Path> found = quarantined();
        for (Path file : found) {
            fileSystem.delete(file);
            Path parent = file.getParent();
            if (parent != null) {
                fileSystem.syncDirectory(parent);
            }
        }
        return found;
    }
}

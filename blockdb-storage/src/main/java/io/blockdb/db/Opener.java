package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.EntryCursor;
import io.blockdb.base.IndexHit;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.TableName;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.Environment;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.SignedEvidence;
import io.blockdb.ledger.ValuePlace;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.SstableInfo;
import io.blockdb.manifest.Version;
import io.blockdb.sstable.PageCache;
import io.blockdb.sstable.SstableCache;
import io.blockdb.sstable.SstableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a database in a directory that is locked already.
 *
 * <ol>
 *   <li>The manifest is read. One that is missing, damaged, of another version or of another ledger, or that names a file that is
 *       not there, means that the index is built anew from the ledger; so does an SSTable that turns out to be damaged while the
 *       database is opened.
 *   <li>The ledger's end is brought in order; what the manifest reaches, and the newest signed checkpoint, are evidence of
 *       what was synced.
 *   <li>SSTables that the manifest does not name are deleted.
 *   <li>The index is brought up to the ledger's head ({@link Replay}).
 *   <li>The tables and the level of the rules are read from their system tables.
 * </ol>
 *
 * <p>Read-only, nothing is written: the index is made up for in memory, up to so many memtables.
 */
final class Opener {
    private static final Logger LOG = LoggerFactory.getLogger(Opener.class);

    /** A read-only open makes up for at most so many memtables. */
    private static final int READ_ONLY_MEMTABLES_MAX = 4;

    /** Memory of a part of what is replayed, at most and as a share of a memtable. */
    private static final long PART_BYTES_MAX = 8 << 20;

    private static final int PARTS_PER_MEMTABLE = 8;

    private final DataDirectory directory;
    private final Options options;
    private final Environment environment;
    private final FileSystem fileSystem;
    private final List<String> notes = new ArrayList<>();

    /** How far readers will see, null while there is no block. */
    private @Nullable LedgerPoint seen;

    /** Where the ledger goes on and cannot be read: read-only, what lies before it is served. */
    private @Nullable CorruptionException damage;

    Opener(DataDirectory directory, Options options) {
        this.directory = directory;
        this.options = options;
        this.environment = options.environment();
        this.fileSystem = environment.fileSystem();
    }

    /**
     * An open database.
     *
     * @param maintenance flushes and compacts; null when read-only
     * @param notes what was found and done, a sentence each
     */
    record Opened(Engine engine, @Nullable IndexMaintenance maintenance, List<String> notes) {}

    /**
     * The index on disk.
     *
     * @param version what of it can be used
     * @param reached how far it holds, or held, this ledger, which was synced that far; null where it does not say
     */
    private record OnDisk(Version version, @Nullable LedgerPoint reached) {}

    /** How far the index on disk says that this ledger was synced, null where it does not say. */
    @Nullable
    LedgerPoint reached() throws IOException {
        return readManifest().reached();
    }

    /** How far this ledger was signed, and so synced. */
    SignedEvidence signedEvidence() {
        return new AnchorEvidence(
                directory.signedMemory(options), directory.keyFiles(options), fileSystem, directory.ledger(), notes);
    }

    Opened open() throws IOException {
        OnDisk found = readManifest();
        Ledger ledger = openLedger(found.reached());
        boolean done = false;
        try {
            Opened opened = openIndex(ledger, found.version());
            done = true;
            return opened;
        } finally {
            if (!done) {
                ledger.abandon();
            }
        }
    }

    private OnDisk readManifest() throws IOException {
        OnDisk nothing = new OnDisk(Version.empty(), null);
        if (!fileSystem.exists(directory.index())) {
            return nothing;
        }
        Version version;
        try {
            version = Manifest.read(fileSystem, directory.index());
        } catch (CorruptionException | UnsupportedFormatException e) {
            noteRebuild(e.getMessage());
            return nothing;
        }
        if (version == null) {
            return nothing;
        }
        LedgerId ledgerId = Ledger.idOf(fileSystem, directory.ledger());
        if (ledgerId != null && version.ledgerId() != null && !ledgerId.equals(version.ledgerId())) {
            noteRebuild("it is of ledger " + version.ledgerId() + ", not of " + ledgerId);
            return nothing;
        }
        String problem = problem(version);
        if (problem == null) {
            return new OnDisk(version, version.reached());
        }
        noteRebuild(problem);
        return new OnDisk(Version.empty(), version.reached());
    }

    /** Why the SSTables of a version cannot be used, as far as can be told without reading them; null if nothing speaks against it. */
    private @Nullable String problem(Version version) throws IOException {
        SstableInfo missing = missingFile(version);
        if (missing != null) {
            return "SSTable " + missing.fileNumber() + " is missing or has another length";
        }
        long held = version.files().stream().mapToLong(SstableInfo::entries).sum();
        LedgerPoint reached = version.reached();
        long expected = reached == null ? 0 : reached.entries();
        return held == expected ? null : "its SSTables hold " + held + " entries, expected " + expected;
    }

    private void noteRebuild(@Nullable String problem) {
        notes.add("The index cannot be used and is built anew from the ledger: " + problem + ".");
    }

    private @Nullable SstableInfo missingFile(Version version) throws IOException {
        for (SstableInfo file : version.files()) {
            Path path = SstableFormat.path(directory.root(), file.fileNumber());
            if (!fileSystem.exists(path) || fileSystem.size(path) != file.fileSize()) {
                return file;
            }
        }
        return null;
    }

    private Ledger openLedger(@Nullable LedgerPoint reached) throws IOException {
        Ledger ledger = Ledger.open(
                environment,
                directory.ledger(),
                directory.quarantine(),
                options.ledgerOptions(),
                reached,
                signedEvidence());
        notes.addAll(ledger.recoveryNotes());
        return ledger;
    }

    private Opened openIndex(Ledger ledger, Version found) throws IOException {
        Version version = options.readOnly() ? found : begin(ledger, found);
        Index index = newIndex(version);
        LedgerPoint reached = version.reached();
        index.erasures().begin(version.erasuresDoneThrough());
        IndexMaintenance maintenance = newMaintenance(index, ledger, version);
        try {
            checkLevel(ledger, index);
            if (maintenance != null) {
                deleteUnknownFiles(version);
                maintenance.start();
            }
            replay(ledger, index, reached == null ? Ledger.GENESIS : reached);
            loadErasures(index, version);
            return new Opened(engine(ledger, index), maintenance, notes);
        } catch (IOException | RuntimeException | Error e) {
            try (index) {
                if (maintenance != null) {
                    maintenance.stop();
                }
            } catch (IOException | RuntimeException also) {
                e.addSuppressed(also);
            }
            IOException damage = index.damage();
            if (damage == null || version.files().isEmpty()) {
                throw e;
            }
            noteRebuild(damage.getMessage());
            return openIndex(ledger, Version.empty());
        }
    }

    private Index newIndex(Version version) {
        SstableCache cache = new SstableCache(
                fileSystem, directory.root(), new PageCache(options.pageCacheSize()), options.openSstablesMax());
        return new Index(options, cache, version, this::deleteFile);
    }

    private @Nullable IndexMaintenance newMaintenance(Index index, Ledger ledger, Version version) {
        return options.readOnly() ? null : new IndexMaintenance(fileSystem, directory, options, index, ledger, version);
    }

    private void deleteFile(long number) {
        if (options.readOnly()) {
            return;
        }
        try {
            fileSystem.delete(SstableFormat.path(directory.root(), number));
        } catch (IOException e) {
            LOG.warn(
                    "SSTable {} is not needed any more and could not be deleted; the next open tries again: {}",
                    number,
                    e.toString());
        }
    }

    /**
     * Where the index is built anew, the manifest is replaced by one that names nothing, so that it never names a new file that has
     * the number of an old one; what it was evidence of is recorded beside the ledger before.
     */
    private Version begin(Ledger ledger, Version found) throws IOException {
        if (found.number() > 0 || !fileSystem.exists(directory.index().resolve(Manifest.FILE_NAME))) {
            return found;
        }
        ledger.recordHead();
        Version begun = Version.begun();
        Manifest.write(fileSystem, directory.index(), begun);
        return begun;
    }

    /** Deletes what a crash left in the index directory: files that the manifest does not name. */
    private void deleteUnknownFiles(Version version) throws IOException {
        Set<String> known = new HashSet<>();
        known.add(Manifest.FILE_NAME);
        for (SstableInfo file : version.files()) {
            known.add(SstableFormat.path(directory.root(), file.fileNumber())
                    .getFileName()
                    .toString());
        }
        for (String name : fileSystem.list(directory.index())) {
            boolean ours = name.endsWith(".sst") || name.equals(Manifest.TEMPORARY_NAME);
            if (ours && !known.contains(name)) {
                fileSystem.delete(directory.index().resolve(name));
            }
        }
    }

    /** Inserts the entries of all blocks from a point on. */
    private void replay(Ledger ledger, Index index, LedgerPoint from) throws IOException {
        // Also where no block at all can be read: then everything lies behind the damage.
        damage = ledger.damage();
        LedgerPoint head = ledger.head();
        if (head == null) {
            return;
        }
        long bytes = 0;
        long blocks = 0;
        seen = from;
        long partBytes = Math.min(PART_BYTES_MAX, options.memtableSizeLimit() / PARTS_PER_MEMTABLE);
        try (Replay replay = new Replay(ledger.blocksFrom(from), head.blocks() - from.blocks(), partBytes)) {
            for (Replay.Part part; (part = nextPart(replay)) != null; ) {
                part.insertInto(index);
                seen = part.end();
                bytes += part.frameBytes();
                blocks += part.blocks();
                index.blockInserted(part.end());
                index.awaitRoom();
                checkAlive(index);
                if (options.readOnly() && index.state().frozen().size() >= READ_ONLY_MEMTABLES_MAX) {
                    index.setUnreadable(new IndexBehindException(
                            "the index is missing or too far behind the ledger to be made up for without writing; open"
                                    + " the database once for writing to bring it up"));
                    seen = head;
                    break;
                }
            }
        }
        if (blocks > 0 && !ledger.wasClean()) {
            notes.add("The index was brought up to the ledger's head: " + blocks + " blocks, " + bytes + " bytes.");
        }
        checkAlive(index);
    }

    /** Reads the next part. Read-only, a damaged block is the end of what is served. */
    private Replay.@Nullable Part nextPart(Replay replay) throws IOException {
        try {
            return replay.next();
        } catch (CorruptionException e) {
            if (!options.readOnly()) {
                throw e;
            }
            damage = e;
            notes.add("The ledger is damaged and is served only as far as the damage: " + e.getMessage());
            return null;
        }
    }

    /** Fails where flushing or compacting has failed: without it, memory would fill up with what is replayed. */
    private static void checkAlive(Index index) throws IOException {
        Throwable failure = index.failure();
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("the index could not be brought up to the ledger's head", failure);
        }
    }

    private Engine engine(Ledger ledger, Index index) throws IOException {
        Catalog catalog = new Catalog();
        int level = 0;
        LedgerId id = null;
        LedgerPoint head = ledger.head();
        if (head != null) {
            id = ledger.ledgerId();
            loadTables(ledger, index, catalog);
            level = checkLevel(ledger, index);
        }
        return new Engine(ledger, index, catalog, level, id, options.readOnly(), options.timings(), seen, damage);
    }

    /** The level of the rules, which this version must know. */
    private static int checkLevel(Ledger ledger, Index index) throws IOException {
        IndexHit format = index.get(SystemTables.FORMAT, SystemTables.LEVEL_KEY, Long.MAX_VALUE);
        return SystemTables.checkLevel(
                format == null ? SystemTables.LEVEL : SystemTables.level(inline(ledger, IndexValue.decode(format))));
    }

    private static void loadTables(Ledger ledger, Index index, Catalog catalog) throws IOException {
        TableName tables = SystemTables.TABLES;
        try (EntryCursor cursor = index.cursor(tables)) {
            byte[] last = new byte[0];
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                byte[] key = Arrays.copyOfRange(
                        cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
                if (!Arrays.equals(key, last)) {
                    IndexValue value =
                            IndexValue.decode(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                    catalog.put(Catalog.parse(key, inline(ledger, value)));
                    last = key;
                }
            }
        }
    }

    /**
     * Takes note of the erasures that the manifest does not say were carried out, as far as the SSTables hold them: the entries
     * behind those came by way of the replay.
     */
    private static void loadErasures(Index index, Version version) throws IOException {
        LedgerPoint reached = version.reached();
        if (!index.isReadable()) {
            return;
        }
        if (reached == null || version.erasuresDoneThrough() >= reached.entries()) {
            if (index.hasEntries(SystemTables.ERASURES)) {
                index.erasures().known();
            }
            return;
        }
        try (EntryCursor cursor = index.cursor(SystemTables.ERASURES)) {
            for (boolean there = cursor.first(); there; there = cursor.next()) {
                index.erasures()
                        .applied(
                                cursor.sequence(),
                                SystemTables.erasedSequence(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength()));
            }
        }
    }

    private static byte[] inline(Ledger ledger, IndexValue value) throws IOException {
        ValuePlace place = value.place();
        return place == null ? value.inlineValue() : ledger.value(place).value();
    }
}

package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.UnsupportedFormatException;
import io.blockdb.io.FileSystem;
import io.blockdb.ledger.Ledger;
import io.blockdb.ledger.LedgerCopy;
import io.blockdb.ledger.LedgerMend;
import io.blockdb.ledger.SegmentPlan;
import io.blockdb.manifest.Manifest;
import io.blockdb.manifest.Version;
import io.blockdb.proof.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs a database that is not open: mends its ledger out of what proves itself, and builds anew what is derived from it.
 *
 * <ol>
 *   <li>The ledger, where it is damaged, by {@link LedgerMend}: headers and seals out of what stands beside them, blocks only out of
 *       a copy that was named, and only where both sides of the hole vouch for them. Every erasure is carried out again.
 *   <li>Where blocks stay lost, that is the end: the report names them, with the keys that the index still knows. The index is left
 *       as it is, since nothing could build it anew.
 *   <li>Otherwise the index is given up where it is damaged, or where the ledger was mended (an erasure may have to be carried out
 *       again), the tree likewise, and both are built anew by opening the database once.
 * </ol>
 *
 * <p>What is replaced is kept before ({@link Quarantine}). Crashes: each segment is replaced at once; the manifest goes before the
 * files that it names; and a repair whose report says that it began is completed by the next one.
 *
 * <p>Threading: one thread.
 */
public final class Repair {
    private static final Logger LOG = LoggerFactory.getLogger(Repair.class);
    private static final String INDEX = "index/";
    private static final String TREE = "tree/";
    private static final String LEDGER = "ledger/";
    private static final String HEAD = "ledger/HEAD";

    private final Path root;
    private final Options options;
    private final FileSystem fileSystem;
    private final @Nullable Path copy;
    private final CopyProgress progress;

    /** What was found, by file relative to the data directory. */
    private final Map<String, String> findings;

    private final List<RepairReport.Step> steps = new ArrayList<>();
    private final List<RepairReport.Loss> losses = new ArrayList<>();
    private final List<String> notRepaired = new ArrayList<>();
    private long bytesDone;
    private boolean erasuresAgain;

    private Repair(
            Path root, Options options, Map<String, String> findings, @Nullable Path copy, CopyProgress progress) {
        this.root = root;
        this.options = options.withReadOnly(false).withCreateIfMissing(false);
        this.fileSystem = options.environment().fileSystem();
        this.findings = new LinkedHashMap<>(findings);
        this.copy = copy;
        this.progress = progress;
    }

    /**
     * Repairs a database that nobody has open, as verifying found it. A ledger whose blocks nothing can replace stays as it is, and
     * the report says what is lost.
     *
     * @param findings what is damaged: path relative to the directory, and what is wrong with it
     * @param copy the directory of a backup, or of any other copy of this database, to take blocks from; null: none
     * @throws BackupRefusedException if the copy is of another ledger; nothing was changed
     * @throws DatabaseInUseException if somebody has it open
     * @throws IOException if a file cannot be read or written; the next repair goes on from there
     */
    public static RepairReport repair(
            Path directory, Options options, Map<String, String> findings, @Nullable Path copy, CopyProgress progress)
            throws IOException {
        return new Repair(directory, options, findings, copy, progress).run();
    }

    private RepairReport run() throws IOException {
        Quarantine quarantine =
                new Quarantine(fileSystem, root, options.environment().clock().micros(), copy);
        boolean rebuild;
        List<Path> unfinished;
        try (DataDirectory data = DataDirectory.open(fileSystem, root, false, false)) {
            unfinished = Quarantine.unfinished(fileSystem, root);
            boolean mended = mendLedger(data, quarantine);
            if (!losses.isEmpty() || !notRepaired.isEmpty()) {
                return ended(quarantine);
            }
            rebuild = giveUpDerived(data, quarantine, mended || !unfinished.isEmpty()) || erasuresAgain;
            // The ledger is good but for what is told by now; a file that is no part of it keeps nothing from being
            // built.
            rebuild &= notRepaired.isEmpty();
            for (String file : findings.keySet()) {
                if (!isLedger(file) && !isDerived(file)) {
                    notRepaired.add(file + " cannot be made again out of the ledger: " + findings.get(file));
                }
            }
        }
        if (rebuild) {
            BlockDb.open(root, options).close();
        }
        for (Path report : unfinished) {
            Quarantine.finish(fileSystem, report);
            steps.add(new RepairReport.Step(
                    root.relativize(report).toString(), "the repair that it tells of was brought to its end"));
        }
        return ended(quarantine);
    }

    private RepairReport ended(Quarantine quarantine) throws IOException {
        RepairReport report = report(quarantine);
        if (quarantine.isBegun() || !losses.isEmpty() || !notRepaired.isEmpty()) {
            quarantine.report(report, true);
        }
        return report(quarantine);
    }

    private RepairReport report(Quarantine quarantine) {
        return new RepairReport(
                losses.isEmpty() && notRepaired.isEmpty(),
                quarantine.name(),
                List.copyOf(steps),
                List.copyOf(losses),
                List.copyOf(notRepaired));
    }

    private static boolean isLedger(String file) {
        return file.startsWith(LEDGER);
    }

    private static boolean isDerived(String file) {
        return file.startsWith(INDEX) || file.startsWith(TREE);
    }

    /** Mends the ledger where it is damaged; answers whether a segment was replaced. */
    private boolean mendLedger(DataDirectory data, Quarantine quarantine) throws IOException {
        boolean damaged = findings.keySet().stream().anyMatch(file -> isLedger(file) && !file.equals(HEAD));
        if (!damaged) {
            return false;
        }
        if (copy == null) {
            return mendLedger(data, quarantine, null);
        }
        try (DataDirectory good = DataDirectory.open(fileSystem, copy, true, false)) {
            return mendLedger(data, quarantine, good);
        }
    }

    private boolean mendLedger(DataDirectory data, Quarantine quarantine, @Nullable DataDirectory good)
            throws IOException {
        Version version = manifest(data);
        LedgerId copyId = good == null ? null : Ledger.idOf(fileSystem, good.ledger());
        LedgerId id = Ledger.idOf(fileSystem, data.ledger());
        if (id == null) {
            id = version != null && version.ledgerId() != null ? version.ledgerId() : anchoredId(data);
        }
        if (id == null) {
            id = copyId;
        }
        if (good != null && copyId == null) {
            throw new BackupRefusedException(good.root() + " holds no segment of a ledger that can be read");
        }
        if (good != null && !Objects.equals(copyId, id)) {
            throw new BackupRefusedException(good.root() + " is a copy of ledger " + copyId + ", not of " + id);
        }
        if (id == null) {
            notRepaired.add(LEDGER + ": no segment says which ledger this is");
            return false;
        }
        LedgerMend.Result found = mend(data, good, id, version, false);
        if (good != null && !found.lost().isEmpty()) {
            LedgerMend.Result other = mend(data, good, id, version, true);
            found = other.lost().size() < found.lost().size() ? other : found;
        }
        for (SegmentPlan plan : found.plans()) {
            plan.write(fileSystem);
            if (plan.replaces()) {
                quarantine.keep(plan.name(), findings.getOrDefault(plan.name(), "damaged"));
            }
        }
        if (!found.plans().isEmpty()) {
            quarantine.report(report(quarantine), false);
        }
        if (!found.plans().isEmpty()
                || (found.lost().isEmpty() && found.valuesLost().isEmpty())) {
            forgetErasures(data, version);
        }
        for (SegmentPlan plan : found.plans()) {
            plan.install(fileSystem);
            steps.add(new RepairReport.Step(plan.name(), String.join(", ", plan.changeTexts())));
        }
        for (LedgerMend.Lost lost : found.lost()) {
            lose(lost);
        }
        for (long sequence : found.valuesLost()) {
            notRepaired.add("The value of sequence " + sequence + " is gone or altered, and no entry erases it"
                    + (good == null
                            ? ""
                            : found.lost().isEmpty()
                                    ? ", nor does the copy hold it"
                                    : "; while blocks are lost that may have erased it, none is taken from the copy"));
        }
        return !found.plans().isEmpty();
    }

    /**
     * Has every erasure carried out again by the next open: what is damaged may be an erased value that came back, and a block
     * of the copy may bring one along. From here on, no crash leaves one that is taken for gone.
     */
    private void forgetErasures(DataDirectory data, @Nullable Version version) throws IOException {
        erasuresAgain = true;
        if (version != null && version.erasuresDoneThrough() > 0) {
            Manifest.write(fileSystem, data.index(), version.withoutErasures());
        }
    }

    private LedgerMend.Result mend(
            DataDirectory data, @Nullable DataDirectory good, LedgerId id, @Nullable Version version, boolean copyFirst)
            throws IOException {
        return new LedgerMend(
                        fileSystem,
                        data.ledger(),
                        good == null ? null : good.ledger(),
                        id,
                        evidence(data, version, id),
                        anchor(data, id),
                        copyFirst,
                        bytes -> progress.done(bytesDone += bytes, 0))
                .run();
    }

    private void lose(LedgerMend.Lost lost) throws IOException {
        long end = lost.toSequence() < 0 ? Long.MAX_VALUE : lost.toSequence();
        losses.add(new RepairReport.Loss(
                lost.file(),
                lost.fromHeight(),
                lost.toHeight(),
                lost.fromSequence(),
                lost.toSequence(),
                new LostKeys(fileSystem, root).find(lost.fromSequence(), end)));
    }

    private @Nullable Version manifest(DataDirectory data) throws IOException {
        try {
            return Manifest.read(fileSystem, data.index());
        } catch (CorruptionException | UnsupportedFormatException e) {
            LOG.warn("the manifest is no evidence: {}", e.getMessage());
            return null;
        }
    }

    /** The ledger that the newest signed checkpoint is of, or null. */
    private @Nullable LedgerId anchoredId(DataDirectory data) throws IOException {
        Checkpoint signed = new SignedMemory(fileSystem, data.keys(), null).unverified();
        return signed == null ? null : signed.origin().ledgerId();
    }

    /** The newest root that the database remembers to have signed. */
    private LedgerMend.@Nullable Anchor anchor(DataDirectory data, LedgerId id) throws IOException {
        Checkpoint signed = new SignedMemory(fileSystem, data.keys(), null).unverified();
        return signed == null || !signed.origin().ledgerId().equals(id)
                ? null
                : new LedgerMend.Anchor(signed.treeSize(), signed.root());
    }

    /** Points of the ledger that are known to have been on disk. */
    private List<LedgerPoint> evidence(DataDirectory data, @Nullable Version version, LedgerId id) throws IOException {
        List<LedgerPoint> points = new ArrayList<>();
        LedgerPoint reached = version == null || !Objects.equals(id, version.ledgerId()) ? null : version.reached();
        if (reached != null) {
            points.add(reached);
        }
        try {
            LedgerPoint recorded = LedgerCopy.recorded(fileSystem, data.ledger());
            if (!recorded.isGenesis()) {
                points.add(recorded);
            }
        } catch (CorruptionException e) {
            LOG.warn("the record of the last clean close is no evidence: {}", e.getMessage());
        }
        return points;
    }

    /**
     * Puts aside what is derived and damaged, so that opening builds it anew.
     *
     * @param all whether to do so in any case
     * @return whether there is anything to build
     */
    private boolean giveUpDerived(DataDirectory data, Quarantine quarantine, boolean all) throws IOException {
        List<String> damaged =
                findings.keySet().stream().filter(Repair::isDerived).toList();
        boolean head = findings.containsKey(HEAD);
        if (damaged.isEmpty() && !head && !all) {
            return false;
        }
        String manifest = INDEX + Manifest.FILE_NAME;
        Version version = manifest(data);
        LedgerId id = Ledger.idOf(fileSystem, data.ledger());
        LedgerPoint reached = version == null || !Objects.equals(id, version.ledgerId()) ? null : version.reached();
        for (String file : damaged) {
            quarantine.keep(file, findings.getOrDefault(file, ""));
        }
        if (head) {
            quarantine.keep(HEAD, findings.getOrDefault(HEAD, ""));
        }
        boolean index = all || damaged.stream().anyMatch(file -> file.startsWith(INDEX));
        if (index) {
            quarantine.keep(manifest, "it names the index that is built anew");
        }
        quarantine.report(report(quarantine), false);
        // Recorded beside the ledger before the manifest goes, which is evidence of it.
        try (Ledger ledger = Ledger.open(
                options.environment(),
                data.ledger(),
                data.quarantine(),
                options.ledgerOptions(),
                reached,
                blocks -> 0)) {
            ledger.recordHead();
        } catch (CorruptionException e) {
            notRepaired.add("The ledger is damaged, and must be mended before anything else: " + e.getMessage());
            return false;
        }
        if (head) {
            steps.add(new RepairReport.Step(HEAD, "written again"));
        }
        if (index) {
            delete(manifest);
            damaged.stream().filter(file -> file.startsWith(INDEX)).forEach(this::rebuilt);
            for (String file : damaged) {
                if (file.startsWith(INDEX)) {
                    delete(file);
                }
            }
        }
        giveUpTree(damaged, all);
        return true;
    }

    private void rebuilt(String file) {
        steps.add(new RepairReport.Step(file, "put aside; the index was built anew from the ledger"));
    }

    private void giveUpTree(List<String> damaged, boolean all) throws IOException {
        boolean tree = all || damaged.stream().anyMatch(file -> file.startsWith(TREE));
        Path directory = root.resolve(TREE);
        if (!tree || !fileSystem.exists(directory)) {
            return;
        }
        deleteBelow(directory);
        for (String file : damaged) {
            if (file.startsWith(TREE)) {
                steps.add(new RepairReport.Step(file, "put aside; the tree was built anew from the ledger"));
            }
        }
    }

    private void deleteBelow(Path directory) throws IOException {
        for (String name : fileSystem.list(directory)) {
            Path path = directory.resolve(name);
            if (fileSystem.isDirectory(path)) {
                deleteBelow(path);
            }
            fileSystem.delete(path);
        }
        fileSystem.syncDirectory(directory);
    }

    private void delete(String file) throws IOException {
        Path path = root.resolve(file);
        if (fileSystem.exists(path) && !fileSystem.isDirectory(path)) {
            fileSystem.delete(path);
            fileSystem.syncDirectory(Objects.requireNonNull(path.getParent()));
        }
    }
}

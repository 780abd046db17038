package io.blockdb.cli;

import io.blockdb.cli.database.Figures;
import io.blockdb.db.DiskUse;
import io.blockdb.db.Options;
import io.blockdb.db.Scrub;
import io.blockdb.db.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The figures of a database as lines of text. */
final class StatsText {
    private StatsText() {}

    /**
     * The first lines are as users of the earlier database know them; those that follow are aligned among themselves.
     */
    static List<String> lines(Figures figures) {
        Stats s = figures.stats();
        Options o = s.options();
        long sync = o.walSyncIntervalMillis();
        List<String> lines = new ArrayList<>();
        lines.add("BlockDB Statistics:");
        lines.add("  Data directory: " + Text.printable(s.directory().toString()));
        lines.add("  Memtable size limit: " + Sizes.format(o.memtableSizeLimit()));
        lines.add("  WAL sync interval: " + (sync == 0 ? "every commit" : sync + " ms"));
        lines.add("  Compaction threshold: " + o.compactionThreshold());
        lines.add("  Blockchain batch size: " + o.blockchainBatchSize());
        List<String[]> facts = new ArrayList<>();
        fact(facts, "Ledger id", s.ledgerId());
        fact(
                facts,
                "Blocks",
                Counts.format(s.blocks()) + (s.blocks() == 0 ? "" : ", newest of height " + (s.blocks() - 1)));
        fact(facts, "Entries", Counts.format(s.entries()));
        fact(facts, "Newest block", s.blocks() == 0 ? "-" : TableRows.time(s.headTimestamp()) + " " + s.headHash());
        fact(facts, "Signed", SignedAt.text(figures));
        if (s.signingProblem() != null) {
            fact(facts, "Not signed", Text.printable(s.signingProblem()));
        }
        fact(facts, "Tables", Counts.format(s.tables()) + " created");
        fact(facts, "Ledger", Sizes.format(s.ledgerBytes()) + " in " + Counts.format(s.ledgerSegments(), "segment"));
        fact(
                facts,
                "Index",
                Sizes.format(s.indexBytes()) + " in " + Counts.format(s.sstables(), "SSTable") + levels(s));
        fact(facts, "Memtables", Counts.format(s.memtableEntries(), "entry") + ", " + Sizes.format(s.memtableBytes()));
        fact(facts, "Flushes", Counts.format(s.flushes()));
        fact(
                facts,
                "Compactions",
                Counts.format(s.compactions())
                        + (s.compactionDebtBytes() == 0 ? "" : ", " + Sizes.format(s.compactionDebtBytes()) + " wait"));
        fact(
                facts,
                "Write stalls",
                Counts.format(s.stalls()) + (s.stalls() == 0 ? "" : ", " + s.stallMicros() / 1000 + " ms"));
        if (s.scrub().rounds() > 0) {
            fact(facts, "Scrubbing", scrub(s.scrub()));
        }
        fact(facts, "Erasures", Counts.format(s.pendingErasures()) + " pending");
        fact(facts, "Disk", disk(s.disk()));
        fact(facts, "Room", room(s.disk()));
        for (String note : s.recoveryNotes()) {
            fact(facts, "Recovery", Text.printable(note));
        }
        int width = facts.stream().mapToInt(fact -> fact[0].length()).max().orElse(0);
        for (String[] fact : facts) {
            lines.add("  " + fact[0] + ":" + " ".repeat(width - fact[0].length() + 1) + fact[1]);
        }
        return lines;
    }

    /** Where the disk went. */
    private static String disk(DiskUse disk) {
        StringBuilder text = new StringBuilder(Sizes.format(disk.total())).append(": ledger ");
        text.append(Sizes.format(disk.ledger()));
        if (disk.values() > 0) {
            text.append(" (values about ")
                    .append(100 * disk.values() / disk.ledger())
                    .append(" %)");
        }
        text.append(", index ").append(Sizes.format(disk.index()));
        text.append(", tree ").append(Sizes.format(disk.tree()));
        text.append(", quarantine ").append(Sizes.format(disk.quarantine()));
        return text.toString();
    }

    /** How much more there is room for, and how long that will last. */
    private static String room(DiskUse disk) {
        String room = disk.writable() == 0
                ? "NONE: writes are refused, " + Sizes.format(disk.free()) + " are left"
                : Sizes.format(disk.writable()) + " of " + Sizes.format(disk.free()) + " free";
        if (disk.growthSince() == 0) {
            return room;
        }
        String rate = "; since " + TableRows.time(disk.growthSince()) + " it grew by "
                + Sizes.format(disk.growthPerDay()) + " a day";
        return room + rate + (disk.secondsLeft() < 0 ? "" : ", and so lasts " + span(disk.secondsLeft()));
    }

    /** A span of time in the unit that fits, rounded down. */
    private static String span(long seconds) {
        long hours = seconds / 3600;
        long days = hours / 24;
        if (days > 730) {
            return days > 36_500 ? "more than a century" : Counts.format(days / 365) + " years";
        }
        return days > 2 ? days + " days" : hours > 2 ? hours + " hours" : Counts.format(seconds / 60) + " minutes";
    }

    /** What verifying in the background has found. */
    private static String scrub(Scrub scrub) {
        String last = Counts.format(scrub.rounds(), "round") + ", the last ended " + TableRows.time(scrub.finishedAt());
        if (scrub.problem() != null) {
            return last + " and could not be finished: " + Text.printable(scrub.problem());
        }
        return last
                + (scrub.failures().isEmpty()
                        ? " and found no damage"
                        : " and found DAMAGE in "
                                + Counts.format(scrub.failures().size(), "place") + ", first "
                                + Text.printable(scrub.failures().get(0).toString()));
    }

    /** How many SSTables each level has, down to the last that has any. */
    private static String levels(Stats s) {
        List<Integer> perLevel = s.sstablesPerLevel();
        int used = perLevel.size();
        while (used > 0 && perLevel.get(used - 1) == 0) {
            used--;
        }
        String counts = perLevel.subList(0, used).stream().map(String::valueOf).collect(Collectors.joining(" + "));
        return used < 2 ? "" : " (by level: " + counts + ")";
    }

    private static void fact(List<String[]> facts, String name, String value) {
        facts.add(new String[] {name, value});
    }
}

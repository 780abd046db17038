package io.blockdb.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The report says of results what they say. */
class ReportTest {
    @TempDir
    private Path directory;

    private static Measurement measurement(Workload workload, EngineKind engine, int round, double perSecond) {
        return new Measurement(
                engine.toString(),
                workload.toString(),
                100,
                round,
                1_000,
                1_000,
                116_000,
                1_000 / perSecond,
                perSecond,
                1e6 / perSecond,
                1e6 / perSecond,
                2e6 / perSecond,
                3e6 / perSecond,
                4e6 / perSecond,
                0.5,
                100,
                50,
                1,
                2,
                232_000,
                464_000,
                0.25,
                58_000,
                Map.of());
    }

    /** Three rounds in which the machine's speed wanders, and the ratio does not follow. */
    private static List<Measurement> rounds(Workload workload, double... ratios) {
        List<Measurement> all = new ArrayList<>();
        for (int i = 0; i < ratios.length; i++) {
            double speed = 100_000 * (i + 1);
            all.add(measurement(workload, EngineKind.ROCKSDB, i + 1, speed));
            all.add(measurement(workload, EngineKind.BLOCKDB, i + 1, speed * ratios[i]));
        }
        return all;
    }

    private static CompareResults results(List<Measurement> measurements) {
        Machine machine = new Machine("a cpu", 2, 24, "Linux 1", "ext4", "a JVM", 1800, Map.of("rocksdbjni", "1.2"));
        return new CompareResults(machine, Map.of("rounds", "3", "label", "abc"), measurements, List.of());
    }

    @Test
    void theMedianOfTheRatiosOfTheRoundsDecides() {
        List<Measurement> all = new ArrayList<>(rounds(Workload.FILLSEQ, 1.5, 1.4, 0.2));
        all.addAll(rounds(Workload.FILLRANDOM, 1.0, 0.95, 3));
        all.addAll(rounds(Workload.SCAN, 1.2, 1.2, 9));
        Rounds rounds = new Rounds(all);

        assertEquals(List.of(0.2, 1.4, 1.5), round(goal(Workload.FILLSEQ).value(rounds)));
        assertEquals(Verdict.MET, goal(Workload.FILLSEQ).verdict(rounds));
        assertEquals(Verdict.MUST_ONLY, goal(Workload.FILLRANDOM).verdict(rounds));
        assertEquals(Verdict.MISSED, goal(Workload.SCAN).verdict(rounds));
        assertEquals(Verdict.NOT_MEASURED, goal(Workload.READRANDOM).verdict(rounds));
    }

    @Test
    void writeOnceIsHeldAgainstAnOrdinaryFill() {
        List<Measurement> all = new ArrayList<>();
        all.add(measurement(Workload.FILLRANDOM, EngineKind.ROCKSDB, 1, 100_000));
        all.add(measurement(Workload.FILLRANDOMONCE, EngineKind.BLOCKDB, 1, 80_000));
        assertEquals(Verdict.MUST_ONLY, goal(Workload.FILLRANDOMONCE).verdict(new Rounds(all)));
    }

    @Test
    void ofTimesTheShorterIsTheBetter() {
        Rounds rounds = new Rounds(rounds(Workload.OPENCRASHED, 4, 4, 4));
        assertEquals(List.of(0.25, 0.25, 0.25), round(goal(Workload.OPENCRASHED).value(rounds)));
        assertEquals(Verdict.MUST_ONLY, goal(Workload.OPENCRASHED).verdict(rounds));
    }

    @Test
    void aFillIsSteadyWhenItsLastFifthIsAsFastAsItsSecond() {
        assertEquals(0.5, ShapeGoals.steadiness(List.of(900.0, 100.0, 70.0, 60.0, 50.0)), 1e-9);
        assertTrue(Double.isNaN(ShapeGoals.steadiness(List.of(1.0, 2.0))));
    }

    @Test
    void thePageIsWrittenFromFilesAndItsTablesAreWhole() throws Exception {
        List<Measurement> all = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            all.addAll(rounds(workload, 1.0, 1.1, 1.2));
        }
        ResultFiles.write(directory.resolve("compare.json"), results(all));
        ResultFiles.write(directory.resolve("shape.json"), shape());
        Path findings = Files.writeString(directory.resolve("findings.md"), "## Findings\n\nIt is <fast>.\n");
        Path page = directory.resolve("page.md");

        int exit = new CommandLine(new Report())
                .execute("--results=" + directory, "--sections=" + findings, "--out=" + page);

        assertEquals(0, exit);
        String text = Files.readString(page);
        assertTrue(text.contains("\n## Findings\n\nIt is <fast>.\n"), text);
        assertTrue(text.contains("| fillseq | 100 B | ratio | ≥ 1.0 | ≥ 1.3 | 1.00–1.10–1.20 | must only |"), text);
        assertTrue(text.contains("| reads while compaction runs: p99 by p50 | ≤ 5× | 4.00× | met |"), text);
        assertTrue(text.contains("rocksdbjni 1.2"), text);
        int cells = 0;
        for (String line : text.split("\n", -1)) {
            int bars =
                    line.startsWith("|") ? line.length() - line.replace("|", "").length() : 0;
            assertTrue(cells == 0 || bars == 0 || bars == cells, line);
            cells = bars;
        }
        for (String chart : List.of("page/ratios-100.svg", "page/large-fill.svg")) {
            assertTrue(text.contains("](" + chart + ")"), chart);
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(directory.resolve(chart).toFile());
        }
    }

    private static ShapeResults shape() {
        ShapeResult large = new ShapeResult(
                ShapeWorker.Part.LARGE,
                EngineKind.BLOCKDB.toString(),
                1_000,
                100,
                Map.of("readBesideCompactionP50Micros", 2.0, "readBesideCompactionP99Micros", 8.0),
                List.of(100_000.0, 90_000.0, 95_000.0, 90_000.0, 91_000.0, 90_000.0));
        return new ShapeResults(results(List.of()).machine(), Map.of("jvm", "-Xmx512m"), List.of(large), List.of());
    }

    private static Goal goal(Workload workload) {
        return Goal.ALL.stream()
                .filter(goal -> goal.workload() == workload && goal.valueSize() == 100)
                .findFirst()
                .orElseThrow();
    }

    private static List<Double> round(Spread spread) {
        return spread.sorted().stream()
                .map(value -> Math.round(value * 1000) / 1000.0)
                .toList();
    }
}

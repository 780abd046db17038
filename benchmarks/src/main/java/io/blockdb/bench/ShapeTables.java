package io.blockdb.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The tables of how cost develops. */
final class ShapeTables {
    private ShapeTables() {}

    /** A column: what it is called and the figure that it shows. */
    private record Column(String title, String figure) {}

    static void write(Markdown page, ShapeResults shape, String charts) {
        page.heading(2, "The shape of the curves");
        page.block("With `%s`, memtables of 64 MiB and caches of 64 MiB. Times are microseconds unless said."
                .formatted(shape.parameters().getOrDefault("jvm", "")));
        page.heading(3, "Many entries in little memory");
        page.block("![Puts a second over time](%s/large-fill.svg)".formatted(charts));
        table(
                page,
                shape,
                List.of(ShapeWorker.Part.LARGE),
                new Column("puts/s", "putsPerSecond"),
                new Column("p50", "putP50Micros"),
                new Column("p99", "putP99Micros"),
                new Column("longest, ms", "putMaxMillis"),
                new Column("collections", "gcCount"),
                new Column("in all, ms", "gcMillis"),
                new Column("heap at most, MB", "heapPeakMb"),
                new Column("bytes to the kernel per user byte", "kernelBytesPerUserByte"));
        page.heading(3, "Reads while compaction runs");
        page.block("Gets by one thread on the same database while another overwrites 50,000 keys a second.");
        table(
                page,
                shape,
                List.of(ShapeWorker.Part.LARGE),
                new Column("gets beside compaction", "readsBesideCompaction"),
                new Column("p50", "readBesideCompactionP50Micros"),
                new Column("p99", "readBesideCompactionP99Micros"),
                new Column("gets without", "readsApart"),
                new Column("p50 ", "readApartP50Micros"),
                new Column("p99 ", "readApartP99Micros"));
        page.heading(3, "What a put and a get cost");
        page.block("Puts: mean of the last tenth of the fill. Gets: at rest.");
        table(
                page,
                shape,
                List.of(ShapeWorker.Part.COST, ShapeWorker.Part.LARGE),
                new Column("put, mean", "putLastTenthMicros"),
                new Column("get, mean", "getMeanMicros"),
                new Column("get, p50", "getP50Micros"),
                new Column("get, p99", "getP99Micros"));
        page.heading(3, "Space after fillbatch, at rest");
        page.block("Per byte of key and value.");
        table(
                page,
                shape,
                List.of(ShapeWorker.Part.SPACE),
                new Column("ledger", "ledgerPerUserByte"),
                new Column("index", "indexPerUserByte"),
                new Column("directory", "diskPerUserByte"));
        page.heading(3, "Verifying");
        page.block("*Hashing alone* is SHA-256 of each value, of each entry's leaf and of a node of the tree for each, "
                + "without reading anything.");
        table(
                page,
                shape,
                List.of(ShapeWorker.Part.VERIFY),
                new Column("seconds", "verifySeconds"),
                new Column("processor seconds", "verifyCpuSeconds"),
                new Column("hashing alone, seconds", "hashingSeconds"),
                new Column("MB of ledger a second", "verifyMbPerSecond"));
        shape.failures().forEach(failure -> page.block("- failed: " + failure));
    }

    private static void table(Markdown page, ShapeResults shape, List<ShapeWorker.Part> parts, Column... columns) {
        List<String> head = new ArrayList<>(List.of("engine", "entries", "values"));
        Arrays.stream(columns).map(Column::title).forEach(head::add);
        List<List<String>> rows = shape.results().stream()
                .filter(result -> parts.contains(result.part()))
                .map(result -> {
                    List<String> row = new ArrayList<>(List.of(
                            result.engine(),
                            String.format(Locale.ROOT, "%,d", result.entries()),
                            result.valueSize() + " B"));
                    for (Column column : columns) {
                        row.add(Figures.number(ShapeGoals.figure(result, column.figure())));
                    }
                    return row;
                })
                .toList();
        page.table(head, rows);
    }
}

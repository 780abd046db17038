package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds what is written of the metrics against what a server tells. */
@Timeout(120)
class MetricsTest {
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_]+)` \\| ([a-z]+) \\| ([^|]*) \\| ([^|]*) \\| (.*) \\|");
    private static final Pattern NAME = Pattern.compile("\\b((?:blockdb|jvm|process|system)_[a-z0-9_]+)\\b");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    private Path temp;

    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = new RunningServer(temp.resolve("db"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** A name in the document. */
    private record Documented(String type, String unit, Set<String> labels, boolean sometimes) {}

    private static Map<String, Documented> documented() throws IOException {
        Map<String, Documented> names = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> labels = new TreeSet<>();
                for (String label : row.group(4).split("[`, ]+")) {
                    if (!label.isEmpty()) {
                        labels.add(label);
                    }
                }
                names.put(
                        row.group(1),
                        new Documented(
                                row.group(2), row.group(3), labels, row.group(5).contains("†")));
            }
        }
        return names;
    }

    private String scrape() throws IOException {
        server.post("/api/v1/put", "{\"key\":\"a\",\"value\":\"1\"}");
        server.get("/api/v1/get/a");
        Answer answer = server.get("/metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.header("Content-Type"));
        return awaitScrape("route=\"/api/v1/get/<key>\",status=\"200\"} 1", "route=\"/api/v1/put\",status=\"201\"} 1");
    }

    /** Requests are counted once they are answered, and who asked may know that a moment before. */
    private String awaitScrape(String... parts) throws IOException {
        long begin = System.nanoTime();
        for (; ; ) {
            String scrape = server.get("/metrics").body();
            if (Arrays.stream(parts).allMatch(scrape::contains)) {
                return scrape;
            }
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "without " + Arrays.toString(parts) + scrape);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Map<String, String> types(String scrape) {
        Map<String, String> types = new TreeMap<>();
        Matcher type = TYPE.matcher(scrape);
        while (type.find()) {
            types.put(type.group(1), type.group(2));
        }
        return types;
    }

    @Test
    void everyNameIsDocumentedAndEveryDocumentedNameIsThere() throws IOException {
        String scrape = scrape();
        Map<String, String> types = types(scrape);
        Map<String, Documented> documented = documented();
        assertTrue(documented.size() > 60, () -> "found only " + documented.keySet());
        for (Map.Entry<String, String> told : types.entrySet()) {
            Documented row = documented.get(told.getKey());
            assertTrue(row != null, () -> told.getKey() + " is not in docs/metrics.md");
            assertEquals(row.type(), told.getValue(), told::getKey);
        }
        for (Map.Entry<String, Documented> row : documented.entrySet()) {
            assertTrue(
                    row.getValue().sometimes() || types.containsKey(row.getKey()),
                    () -> row.getKey() + " is in docs/metrics.md, and no server tells it");
        }
    }

    @Test
    void labelsAreAsDocumented() throws IOException {
        Map<String, Documented> documented = documented();
        for (String line : scrape().lines().toList()) {
            if (line.startsWith("#") || !line.contains("{")) {
                continue;
            }
            String name = family(line.substring(0, line.indexOf('{')), documented.keySet());
            Set<String> labels = new TreeSet<>();
            Matcher label = LABEL.matcher(line);
            while (label.find()) {
                labels.add(label.group(1));
            }
            labels.remove("le");
            assertEquals(documented.get(name).labels(), labels, line);
        }
    }

    /** The family that a sample belongs to. */
    private static String family(String sample, Set<String> families) {
        for (String suffix : new String[] {"_bucket", "_count", "_sum"}) {
            if (!families.contains(sample) && sample.endsWith(suffix)) {
                return sample.substring(0, sample.length() - suffix.length());
            }
        }
        return sample;
    }

    @Test
    void namesSayTheirUnits() throws IOException {
        documented().forEach((name, row) -> {
            if (name.startsWith("blockdb_")) {
                assertEquals(row.type().equals("counter"), name.endsWith("_total"), name);
                assertEquals(row.unit().equals("seconds"), name.matches(".*(?<!timestamp)_seconds(_total)?"), name);
                assertEquals(row.unit().equals("bytes"), name.matches(".*_bytes(_total)?"), name);
            }
        });
    }

    @Test
    void alertsAndTheDashboardUseNamesThatAreThere() throws IOException {
        Map<String, String> types = types(scrape());
        Map<String, Documented> documented = documented();
        for (String file : new String[] {"prometheus/blockdb-alerts.yml", "grafana/blockdb.json"}) {
            Set<String> used = new TreeSet<>();
            Matcher name = NAME.matcher(Files.readString(Path.of("../deploy", file)));
            while (name.find()) {
                used.add(family(name.group(1), types.keySet()));
            }
            assertTrue(used.size() > 10, () -> file + " uses only " + used);
            for (String each : used) {
                Documented row = documented.get(each);
                assertTrue(
                        types.containsKey(each) || (row != null && row.sometimes()),
                        () -> file + " uses " + each + ", which no server tells");
            }
        }
    }

    @Test
    void stagesOfAPutAreInTheHistograms() throws IOException {
        String scrape = scrape();
        for (String stage : new String[] {"hash", "queue", "decide", "write", "index", "sync", "total"}) {
            Matcher count = Pattern.compile(
                            "blockdb_commit_stage_duration_seconds_count\\{stage=\"" + stage + "\"} (\\d+)")
                    .matcher(scrape);
            assertTrue(count.find() && !count.group(1).equals("0"), () -> stage + " is missing in\n" + scrape);
        }
        assertTrue(scrape.contains("blockdb_read_duration_seconds_count 1"), scrape);
        assertTrue(
                scrape.contains("blockdb_http_request_duration_seconds_count"
                        + "{method=\"POST\",route=\"/api/v1/put\",status=\"201\"} 1"),
                scrape);
        assertTrue(scrape.contains("route=\"/api/v1/get/<key>\",status=\"200\"} 1"), scrape);
        assertTrue(scrape.contains("blockdb_node_state{state=\"serving\"} 1"), scrape);
    }

    @Test
    void whatAStrangerMakesUpIsNoLabel() throws IOException {
        server.send("BREW", "/api/v1/get/a", null);
        server.get("/made/up");
        server.get("/api/v1/get/made-up-key");
        String scrape = awaitScrape(
                "method=\"GET\",route=\"other\",status=\"404\"} 1",
                "method=\"GET\",route=\"/api/v1/get/<key>\",status=\"404\"} 1",
                "method=\"other\",");
        assertFalse(scrape.contains("BREW"), scrape);
        assertFalse(scrape.contains("made"), scrape);
    }

    @Test
    void figuresInGroupsForThoseWhoAskForJson() throws IOException {
        scrape();
        Answer json = server.get("/metrics", "Accept: application/json");
        assertEquals("application/json", json.header("Content-Type"));
        for (String group : new String[] {"operations", "performance", "storage", "cluster"}) {
            assertTrue(json.body().contains("\"" + group + "\":{"), json::body);
        }
        assertEquals("1", json.field("puts"));
        assertEquals("1", json.field("gets"));
        assertEquals(406, server.get("/metrics", "Accept: image/png").status());
    }

    @Test
    void statsAnswerWhereTheDiskWent() throws IOException {
        scrape();
        Answer stats = server.get("/stats");
        assertEquals("true", stats.field("success"));
        assertTrue(stats.body().contains("\"config\":{"), stats::body);
        assertEquals("67108864", stats.field("memtable_size_limit"));
        assertEquals("3", stats.field("memtable_entries"));
        assertEquals("0", stats.field("sstable_count"));
        long total = Long.parseLong(stats.field("total_size_bytes"));
        long parts = 0;
        for (String part : new String[] {"wal_size_bytes", "index_bytes", "tree_bytes", "quarantine_bytes"}) {
            parts += Long.parseLong(stats.field(part));
        }
        assertEquals(total, parts);
        assertTrue(Long.parseLong(stats.field("values_bytes")) > 0, stats::body);
        assertTrue(Long.parseLong(stats.field("free_bytes")) > 0, stats::body);
        assertTrue(stats.body().contains("\"seconds_left\":null"), stats::body);
    }
}

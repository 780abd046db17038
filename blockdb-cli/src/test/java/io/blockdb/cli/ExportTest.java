package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Position;
import io.blockdb.base.TableName;
import io.blockdb.cli.database.Moment;
import io.blockdb.db.Batch;
import io.blockdb.db.BlockDb;
import io.blockdb.db.KeyRange;
import io.blockdb.db.Operation;
import io.blockdb.db.Options;
import io.blockdb.db.Proposal;
import io.blockdb.db.Revision;
import io.blockdb.db.TablePolicy;
import io.blockdb.db.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExportTest {
    private static final TableName VERSIONS = TableName.of("versions, \"all\" of them");
    private static final TableName SECRETS = TableName.of("secrets");
    private static final long FAR = 4_000_000_000_000_000L;

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am test -Dtest=ExportTest -Dblockdb.seed=" + seed;

    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] randomBytes(int longest) {
        byte[] bytes = new byte[random.nextInt(longest)];
        String alphabet = "a,\"\n\r\t\\{}é€ ";
        if (random.nextInt(3) == 0) {
            random.nextBytes(bytes);
            return bytes;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return bytes(text.toString());
    }

    /** Tables of all kinds, with keys and values of all kinds, some of them deleted, replaced, expired or erased. */
    private void fill(Path directory) throws IOException {
        try (BlockDb db = BlockDb.open(directory, Options.defaults())) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            db.createTable(SECRETS, TablePolicy.WRITE_ONCE, true);
            db.createTable(TableName.of("empty"), TablePolicy.VERSIONED, true);
            List<byte[]> keys = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                byte[] key = randomBytes(12);
                byte[] unique = new byte[key.length + 2];
                unique[0] = (byte) i;
                unique[1] = (byte) random.nextInt(256);
                System.arraycopy(key, 0, unique, 2, key.length);
                keys.add(unique);
                db.put(unique, randomBytes(40));
                db.put(TableName.of("written"), bytes("k" + i), randomBytes(40));
                db.put(SECRETS, unique, randomBytes(40));
                db.write(new WriteBatch().put(VERSIONS, unique, randomBytes(40), random.nextBoolean() ? FAR + i : 0));
            }
            for (int i = 0; i < 40; i++) {
                byte[] key = keys.get(random.nextInt(keys.size()));
                db.put(VERSIONS, key, randomBytes(5000));
                if (random.nextBoolean()) {
                    db.delete(VERSIONS, key);
                }
            }
            for (int block = 0; block < 20; block++) {
                WriteBatch many = new WriteBatch();
                for (int i = 0; i < 200; i++) {
                    byte[] key = bytes("one of many, " + block + "-" + i);
                    many.put(VERSIONS, key, bytes("so that there is more than some memtables hold"));
                }
                db.write(many);
            }
            Revision erased = db.find(SECRETS, keys.get(7));
            List<Operation> erase = List.of(new Operation.Erase(erased.sequence(), "asked for"));
            db.engine()
                    .apply(new Proposal(
                            Position.NONE, FAR - 1, null, List.of(new Batch("", erase, List.of(new byte[0]), null))));
            db.engine().sync();
        }
    }

    /** What can be asked of a database: its tables, and their keys with value and expiry. */
    private static List<String> answers(Path directory) throws IOException {
        List<String> answers = new ArrayList<>();
        try (BlockDb db = BlockDb.open(directory, Options.defaults().withReadOnly(true))) {
            for (var table : db.tables()) {
                answers.add(table.toString());
                try (var cursor = db.cursor(table.name(), KeyRange.all())) {
                    while (cursor.next()) {
                        Revision revision = cursor.revision();
                        if (revision.state() == Revision.State.PRESENT) {
                            answers.add(Arrays.toString(revision.key()) + " " + Arrays.toString(revision.value()) + " "
                                    + revision.expiresAt());
                        }
                    }
                }
            }
        }
        return answers;
    }

    @Test
    void whatIsExportedIsReadBackToEqualAnswers() throws IOException {
        fill(cli.directory());
        List<String> expected = answers(cli.directory());
        for (String name : List.of("all.jsonl", "all.csv", "all.tsv", "all.csv.gz", "all.jsonl.gz")) {
            Path file = temp.resolve(name);
            CliHarness.Result exported = cli.run("export", "--output", file.toString());
            assertEquals(0, exported.exit(), exported.err());
            assertEquals("Note: 1 key left out: the value was erased\n", exported.err());
            assertTrue(
                    exported.out().matches("Exported [0-9,]+ keys of 5 tables as of block [0-9]+ to .*\n"),
                    exported.out());
            CliHarness copy = new CliHarness(temp.resolve("copy of " + name));
            copy.run("import", file.toString()).done();
            assertEquals(expected, answers(copy.directory()), () -> name + "; " + reproduce);
        }
        try (Stream<Path> files = Files.list(temp)) {
            assertFalse(files.anyMatch(path -> path.toString().endsWith(".part")));
        }
    }

    @Test
    void theLedgerAloneIsEnough() throws IOException {
        fill(cli.directory());
        List<String> expected = answers(cli.directory());
        try (Stream<Path> index = Files.walk(cli.directory().resolve("index"))) {
            for (Path path : index.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        Map<String, String> before = cli.fingerprint();
        Path file = temp.resolve("all.csv");
        CliHarness.Result exported = cli.set("BLOCKDB_MEMTABLE_SIZE", "64KB").run("export", "-o", file.toString());
        assertEquals(0, exported.exit(), exported.err());
        assertEquals("""
                Note: the index is missing or far behind: the ledger itself is read
                Note: 1 key left out: the value was erased
                """, exported.err());
        assertEquals(before, cli.fingerprint());
        CliHarness copy = new CliHarness(temp.resolve("copy"));
        copy.run("import", file.toString()).done();
        assertEquals(expected, answers(copy.directory()), reproduce);
    }

    @Test
    void formsThatAreDocumented() {
        cli.run("table", "create", "t", "--policy", "versioned", "--erasable").done();
        cli.run("put", "k\"1", "a,b\n", "-t", "t").done();
        cli.run("put", "AP8=", "", "--key-encoding", "base64").done();
        assertEquals("""
                {"type":"table","table":"t","policy":"versioned","erasable":true}
                {"table":"default","key":"AP8=","value":"","encoding":"base64"}
                {"table":"t","key":"k\\"1","value":"a,b\\n","encoding":"text"}
                """, cli.run("export").done());
        assertEquals("""
                type,table,key,value,encoding,expires_at
                table,t,,versioned erasable,text,
                put,default,AP8=,,base64,
                put,t,"k""1","a,b
                ",text,
                """, cli.run("export", "--format", "csv").done());
        assertEquals("""
                type\ttable\tkey\tvalue\tencoding\texpires_at
                table\tt\t\tversioned erasable\ttext\t
                put\tt\tk"1\ta,b\\n\ttext\t
                """, cli.run("export", "--format", "tsv", "-t", "t").done());
    }

    @Test
    void onePartAsOfAHeight() {
        for (String key : List.of("a", "b1", "b2", "c")) {
            cli.run("put", key, "v").done();
        }
        assertEquals(
                List.of("b1", "b2"),
                cli.run("export", "--prefix", "b", "--format", "csv")
                        .done()
                        .lines()
                        .skip(1)
                        .map(ExportTest::key)
                        .toList());
        assertEquals(
                List.of("a", "b1"),
                cli.run("export", "--to", "c", "--at", "2", "--format", "csv")
                        .done()
                        .lines()
                        .skip(1)
                        .map(ExportTest::key)
                        .toList());
        cli.run("export", "--at", "99").failed(2, "Error: --at 99: there is no such block, the newest is 4");
        cli.run("export", "-t", "nope").failed(1, "Error: there is no table 'nope'");
        cli.run("export", "-t", "_keys")
                .failed(2, "Error: --table _keys: tables of BlockDB's own are not exported; 'scan' prints them");
    }

    private static String key(String row) {
        return row.split(",")[2];
    }

    @Test
    void aFileIsThereWholeOrNotAtAll() throws IOException {
        cli.run("put", "a", "v").done();
        Path file = Files.writeString(temp.resolve("there.csv"), "something else");
        cli.run("export", "-o", file.toString())
                .failed(2, "Error: --output: " + file + " is there already; --force replaces it");
        cli.run("export", "-o", temp.toString()).failed(2, "Error: --output: " + temp + " is a directory");
        cli.run("export", "-t", "nope", "--force", "-o", file.toString()).failed(1, "Error: there is no table 'nope'");
        assertEquals("something else", Files.readString(file));
        cli.run("export", "-o", file.toString(), "--force").done();
        assertEquals(2, Files.readAllLines(file).size());
        cli.run("export", "-o", "csv")
                .failed(2, "Error: --output names the file; --format csv would say what it holds");
        try (Stream<Path> files = Files.list(temp)) {
            assertEquals(
                    List.of("data", "there.csv"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
        CliHarness none = new CliHarness(temp.resolve("none"));
        assertEquals(
                3, none.run("export", "-o", temp.resolve("x.csv").toString()).exit());
        assertFalse(Files.exists(temp.resolve("x.csv")));
    }

    @Test
    void whatHasExpiredMeanwhileIsLeftOutOfAnImport() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        String out = cli.input("""
                        {"key":"a","value":"1","table":"t","expires_at":1000}
                        {"key":"b","value":"1","table":"t","expires_at":4000000000000000}
                        """).run("import", "-").done();
        assertTrue(out.endsWith(": imported 1, already there 0, failed 0, expired 1\n"), out);
        assertEquals(
                "{\"type\":\"table\",\"table\":\"t\",\"policy\":\"versioned\",\"erasable\":false}\n"
                        + "{\"table\":\"t\",\"key\":\"b\",\"value\":\"1\",\"encoding\":\"text\","
                        + "\"expires_at\":4000000000000000}\n",
                cli.run("export").done());
    }

    @Test
    void aTableThatIsOtherwiseIsToldAndTheRestIsRead() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        CliHarness.Result result = cli.input("""
                        {"type":"table","table":"t","policy":"write-once"}
                        {"type":"table","table":"t","policy":"versioned"}
                        {"type":"table","table":"u","policy":"sometimes"}
                        {"key":"b","value":"1","table":"t"}
                        """).run("import", "-");
        assertEquals(1, result.exit());
        assertEquals("""
                Error: line 1: table 't' exists and is versioned; the policy of a table never changes
                Error: line 3: policy must be write-once or versioned, is 'sometimes'
                """, result.err());
        assertTrue(result.out().endsWith(": imported 1, already there 1, failed 2\n"), result.out());
        cli.input("{\"type\":\"table\",\"table\":\"x\",\"policy\":\"versioned\"}")
                .run("batch", "-")
                .failed(2, "Error: line 1: type must be put or delete, is 'table'");
    }

    @Test
    void whoWritesMeanwhileChangesNothing() throws Exception {
        try (BlockDb db = BlockDb.open(cli.directory(), Options.defaults().withWalSyncIntervalMillis(10))) {
            db.createTable(VERSIONS, TablePolicy.VERSIONED, false);
            for (int i = 0; i < 500; i++) {
                db.put(VERSIONS, bytes("k" + i), bytes("before"));
            }
            AtomicBoolean done = new AtomicBoolean();
            Moment snapshot = new EmbeddedDatabase(db).now();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(db, done));
            try {
                for (int round = 0; round < 10; round++) {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    new Exporter(snapshot, null, KeyRange.all(), ExportRows.of(DataFormat.TSV, out), null).fromIndex();
                    List<String> rows =
                            out.toString(StandardCharsets.UTF_8).lines().toList();
                    assertEquals(502, rows.size());
                    assertTrue(rows.subList(2, 502).stream().allMatch(row -> row.endsWith("\tbefore\ttext\t")));
                }
            } finally {
                done.set(true);
                writer.get();
            }
        }
    }

    private static void write(BlockDb db, AtomicBoolean done) {
        try {
            for (int i = 0; !done.get(); i++) {
                db.put(VERSIONS, bytes("k" + i % 700), bytes("after"));
                if (i % 3 == 0) {
                    db.delete(VERSIONS, bytes("k" + i % 700));
                }
                db.createTable(TableName.of("new" + i % 5), TablePolicy.VERSIONED, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

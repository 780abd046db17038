package io.blockdb.server.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.TableName;
import io.blockdb.db.BlockDb;
import io.blockdb.db.Commit;
import io.blockdb.db.DatabaseInUseException;
import io.blockdb.db.Options;
import io.blockdb.db.OutcomeUnknownException;
import io.blockdb.db.ReadOnlyException;
import io.blockdb.db.WriteBatch;
import io.blockdb.ledger.DiskFullException;
import io.blockdb.server.node.FaultyDisk.Operation;
import io.blockdb.server.node.NodeStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that fails, fills up and comes back while it is served. */
@Timeout(120)
class EmbeddedNodeTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    private Path temp;

    private final FaultyDisk disk = new FaultyDisk();
    private EmbeddedNode node;

    @AfterEach
    void close() throws IOException {
        disk.goOn();
        disk.heal();
        if (node != null) {
            node.close();
        }
    }

    private Path directory() {
        return temp.resolve("db");
    }

    private Options options() {
        return Options.defaults().withEnvironment(disk.environment()).withCheckpointAtClose(false);
    }

    private void open() throws IOException {
        node = EmbeddedNode.open(directory(), options(), "n", "localhost:1");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private Commit put(String key) throws IOException {
        try {
            return node.write(new WriteBatch().put(bytes(key), bytes("value of " + key)), Runnable::run)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void assertThere(String key) {
        assertArrayEquals(bytes("value of " + key), read(key));
    }

    /** Asks again where the database is just being opened again, as readers have to. */
    private byte[] read(String key) {
        long begin = System.nanoTime();
        for (; ; ) {
            try {
                return node.database().get(bytes(key));
            } catch (IOException | IllegalStateException closing) {
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, closing::toString);
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** What a write is refused with while the database can be read. */
    private IOException refusal(String key) {
        long begin = System.nanoTime();
        for (; ; ) {
            IOException refused = assertThrows(IOException.class, () -> put(key));
            if (!(refused instanceof UnavailableException)) {
                return refused;
            }
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, refused::toString);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void await(State state) {
        long begin = System.nanoTime();
        while (node.status().state() != state) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "still " + node.status());
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void opensAgainAfterASyncThatFailed() throws IOException {
        open();
        put("a");
        String ledger = node.ledgerId();
        assertEquals(32, ledger.length());
        disk.failWhen((operation, file) -> operation == Operation.SYNC);
        assertThrows(OutcomeUnknownException.class, () -> put("b"));
        assertEquals(State.READ_ONLY, node.status().state());
        assertTrue(node.status().cause().contains("injected"), node.status()::cause);
        assertThrows(ReadOnlyException.class, () -> put("c"));
        assertThere("a");
        disk.heal();
        await(State.SERVING);
        assertEquals("", node.status().cause());
        assertEquals(ledger, node.ledgerId());
        assertThere("a");
        put("b");
        put("c");
        assertThere("c");
    }

    @Test
    void opensAgainAfterAWriteThatFailedHoweverOften() throws IOException {
        open();
        for (int i = 0; i < 3; i++) {
            put("a" + i);
            // Once: what opens it again may write before this goes on.
            disk.failOnce((operation, file) -> operation == Operation.WRITE && file.endsWith(".seg"));
            String key = "b" + i;
            assertThrows(OutcomeUnknownException.class, () -> put(key));
            await(State.SERVING);
            put(key);
        }
        for (int i = 0; i < 3; i++) {
            assertThere("a" + i);
            assertThere("b" + i);
        }
        assertEquals(7, node.openings());
    }

    @Test
    void opensAgainWhereFlushingFailedAndNobodyWrites() throws IOException {
        node = EmbeddedNode.open(
                directory(), options().withMemtableSizeLimit(4 << 10).withMemtablesMax(64), "n", "localhost:1");
        long opened = node.openings();
        put("k0");
        disk.failWhen((operation, file) -> file.endsWith(".sst"));
        boolean refused = false;
        for (int i = 1; i < 10 && !refused; i++) {
            try {
                node.write(new WriteBatch().put(bytes("k" + i), new byte[1000]), Runnable::run)
                        .join();
            } catch (CompletionException | ReadOnlyException underway) {
                refused = true;
            }
        }
        await(State.READ_ONLY);
        assertNotNull(read("k0"));
        disk.heal();
        await(State.SERVING);
        assertTrue(node.openings() > opened);
        assertNotNull(read("k0"));
        put("z");
    }

    @Test
    void whatCanBeReadStaysOpenUntilTheDiskTakesWritesAgain() throws IOException {
        open();
        put("a");
        long opened = node.openings();
        disk.failWhen((operation, file) -> operation == Operation.SYNC);
        assertThrows(OutcomeUnknownException.class, () -> put("b"));
        awaitText("opening it again is tried");
        for (int i = 0; i < 100; i++) {
            assertThere("a");
        }
        assertEquals(opened, node.openings());
        disk.heal();
        await(State.SERVING);
    }

    @Test
    void whatCannotBeOpenedForWritingIsServedForReading() throws IOException {
        open();
        put("a");
        disk.failWhen(
                (operation, file) -> (operation == Operation.SYNC && file.endsWith(".seg")) || file.endsWith("OWNER"));
        assertThrows(OutcomeUnknownException.class, () -> put("b"));
        awaitText("cannot be opened for writing");
        assertThere("a");
        assertInstanceOf(ReadOnlyException.class, refusal("c"));
        await(State.READ_ONLY);
        disk.heal();
        await(State.SERVING);
        put("c");
    }

    private void awaitText(String text) {
        long begin = System.nanoTime();
        while (!node.status().cause().contains(text)) {
            assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, () -> "still " + node.status());
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aDamagedLedgerIsServedForReadingAndStaysSo() throws IOException {
        try (BlockDb db = BlockDb.open(directory(), options())) {
            for (int i = 0; i < 20; i++) {
                db.put(bytes("k" + i), bytes("value of k" + i));
            }
        }
        Path segment = directory().resolve("ledger/0000000001.seg");
        byte[] content = Files.readAllBytes(segment);
        content[content.length / 2] ^= 1;
        Files.write(segment, content);
        Files.deleteIfExists(directory().resolve("index/MANIFEST"));
        open();
        assertEquals(State.READ_ONLY, node.status().state());
        assertTrue(node.status().cause().contains("0000000001.seg"), node.status()::cause);
        assertThere("k0");
        assertThrows(ReadOnlyException.class, () -> put("z"));
        assertEquals(1, node.openings());
    }

    @Test
    void nothingIsServedWhileTheDatabaseIsBeingOpened() throws IOException {
        open();
        put("a");
        node.close();
        disk.stall();
        node = EmbeddedNode.start(directory(), options(), "n", "localhost:1", 0);
        assertEquals(State.STARTING, node.status().state());
        assertEquals("the database is being opened", node.status().cause());
        UnavailableException not = assertThrows(UnavailableException.class, () -> node.database());
        assertEquals("the database is being opened", not.getMessage());
        assertThrows(UnavailableException.class, () -> put("b"));
        assertEquals(0, node.cluster().members().get(0).matchHeight());
        disk.goOn();
        node.awaitOpen();
        assertEquals(State.SERVING, node.status().state());
        assertThere("a");
        assertEquals(1, node.cluster().members().get(0).matchHeight());
    }

    @Test
    void whatDoesNotMendItselfIsToldAtOnce() throws IOException {
        open();
        assertThrows(
                DatabaseInUseException.class,
                () -> EmbeddedNode.open(directory(), Options.defaults(), "n", "localhost:1"));
        Path file = temp.resolve("file");
        Files.writeString(file, "no database");
        assertInstanceOf(
                io.blockdb.db.NotADatabaseException.class,
                assertThrows(IOException.class, () -> EmbeddedNode.open(file, Options.defaults(), "n", "localhost:1")));
    }

    @Test
    void belowTheWatermarkWritesAreRefusedAndReadsGoOn() throws IOException {
        node = EmbeddedNode.start(directory(), options(), "n", "localhost:1", 100 << 20);
        node.awaitOpen();
        put("a");
        disk.setUsable(99 << 20);
        await(State.DISK_FULL);
        DiskFullException full = assertThrows(DiskFullException.class, () -> put("b"));
        assertTrue(
                String.valueOf(full.getMessage()).contains("writes are refused below 104,857,600"), full::getMessage);
        assertThrows(
                DiskFullException.class,
                () -> node.createTable(TableName.of("t"), io.blockdb.db.TablePolicy.VERSIONED, false, ""));
        assertTrue(node.status().readable());
        assertThere("a");
        disk.setUsable(101 << 20);
        await(State.SERVING);
        put("b");
        assertEquals(1, node.openings());
    }

    @Test
    void theEnginesReserveIsNeverTouched() throws IOException {
        open();
        put("a");
        disk.setUsable(Options.defaults().diskReserve());
        await(State.DISK_FULL);
        CompletionException refused = assertThrows(CompletionException.class, () -> {
            for (int i = 0; i < 20; i++) {
                node.write(new WriteBatch().put(bytes("k" + i), new byte[1 << 20]), Runnable::run)
                        .join();
            }
        });
        assertInstanceOf(DiskFullException.class, refused.getCause());
        disk.setUsable(-1);
        await(State.SERVING);
        put("b");
    }

    @Test
    void nothingIsServedOnceItStops() throws IOException {
        open();
        node.close();
        assertEquals(State.STOPPED, node.status().state());
        assertThrows(UnavailableException.class, () -> node.database());
        node.close();
    }
}

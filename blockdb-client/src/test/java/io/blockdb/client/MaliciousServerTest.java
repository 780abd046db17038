package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.LedgerConflictException.Kind;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import io.blockdb.server.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that lie: with the ledger's own key, or without. A copy of the database that goes on by itself signs another history with the
 * same key, which is what somebody who holds the machine can do.
 */
class MaliciousServerTest {
    @TempDir
    private Path temp;

    private Path store;
    private Server server;
    private Front front;
    private BlockDbClient client;
    private String[] keys;

    private Server serve(String directory) throws IOException {
        return Servers.start(temp.resolve(directory));
    }

    private void copy(String from, String to) throws IOException {
        Path source = temp.resolve(from);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, temp.resolve(to).resolve(source.relativize(file).toString()));
            }
        }
    }

    private BlockDbClient connect(int port) throws IOException {
        if (front != null) {
            front.close();
        }
        front = Front.of(port);
        return BlockDbClient.builder(front.url())
                .verifierKeys(keys)
                .checkpointStore(CheckpointStore.inFile(store))
                .timing(new TestTiming())
                .build();
    }

    private void write(int from, int to, String value) {
        for (int i = from; i < to; i++) {
            client.put(Key.of("k" + i), value + i);
        }
    }

    /** A database with some blocks, which the client has seen a checkpoint of; and a copy of it as it was then. */
    @BeforeEach
    void start() throws Exception {
        store = temp.resolve("checkpoint");
        server = serve("data");
        try (BlockDbClient first =
                BlockDbClient.builder("http://127.0.0.1:" + server.port()).build()) {
            keys = first.verifierKeys().toArray(String[]::new);
        }
        client = connect(server.port());
        write(0, 5, "v");
        client.receipt(Key.of("k4"));
        server.close();
        copy("data", "copy");
        server = serve("data");
        client = connect(server.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        front.close();
        server.close();
    }

    private Checkpoint remembered() throws IOException {
        return CheckpointStore.inFile(store).load();
    }

    private void checkSigned(Checkpoint checkpoint) throws Exception {
        new CheckpointVerifier(List.of(Signer.of(VerifierKey.parse(keys[0]))), 1).verify(checkpoint);
    }

    @Test
    void forgedReceipts() throws Exception {
        write(5, 6, "v");
        Checkpoint before = remembered();
        List<Front.Mischief> forgeries = List.of(
                // Another value, with its own base64; another author of nothing; another height.
                (request, self) -> altered(self.passOn(request), "\"value\":\"djU=\"", "\"value\":\"djY=\""),
                (request, self) -> altered(self.passOn(request), "\"entry_index\":0", "\"entry_index\":1"),
                (request, self) -> altered(self.passOn(request), "\"table\":\"default\"", "\"table\":\"defaulT\""),
                (request, self) ->
                        altered(self.passOn(request), "\"checkpoint\":\"blockdb", "\"checkpoint\":\"blockdc"));
        for (Front.Mischief forgery : forgeries) {
            front.doing(forgery);
            UnprovedException unproved = assertThrows(UnprovedException.class, () -> client.getVerified(Key.of("k5")));
            assertTrue(unproved.evidence().startsWith("{\"version\":1"), unproved.evidence());
            assertEquals(before, remembered());
        }
        front.doing((request, self) -> self.passOn(request));
        assertEquals(
                "v5", new String(client.getVerified(Key.of("k5")).orElseThrow().value(), StandardCharsets.UTF_8));
    }

    private static Front.Reply altered(Front.Reply reply, String what, String by) {
        assertTrue(reply.text().contains(what), () -> reply.text() + " has no " + what);
        return reply.withText(reply.text().replace(what, by));
    }

    @Test
    void theReceiptOfAnotherEntry() throws Exception {
        front.doing((request, self) -> self.passOn(new Front.Request(
                request.method(), request.path().replace("/azQ%3D", "/azM%3D"), request.headers(), request.body())));
        UnprovedException unproved = assertThrows(UnprovedException.class, () -> client.getVerified(Key.of("k4")));
        assertTrue(unproved.getMessage().contains("another entry"), unproved.getMessage());
        assertThrows(MalformedAnswerException.class, () -> client.get(Key.of("k4")));
    }

    @Test
    void mangledProofs() throws Exception {
        for (String mangled : List.of("", "{}", "[]", "null", "{\"version\":1}", "{\"version\":2}")) {
            front.doing((request, self) -> self.passOn(request).withText(mangled));
            assertThrows(MalformedAnswerException.class, () -> client.receipt(Key.of("k4")), mangled);
            assertThrows(MalformedAnswerException.class, client::checkpoint, mangled);
        }
    }

    /** The copy writes other things: as soon as it is as long, it has another root at the same size. */
    @Test
    void anotherHistoryOfTheSameSize() throws Exception {
        write(5, 10, "v");
        Checkpoint honest = client.checkpoint();
        client.receipt(Key.of("k9"));
        Checkpoint trusted = remembered();
        try (Server other = serve("copy")) {
            client.close();
            client = connect(other.port());
            write(5, 10, "other");
            LedgerConflictException conflict =
                    assertThrows(LedgerConflictException.class, () -> client.receipt(Key.of("k9")));
            assertEquals(Kind.TWO_ROOTS, conflict.kind());
            assertEquals(trusted, conflict.remembered());
            assertEquals(trusted.treeSize(), conflict.received().treeSize());
            assertNotEquals(trusted.root(), conflict.received().root());
            assertEquals(List.of(VerifierKey.parse(keys[0])), conflict.convicted());
            // Evidence for whoever has the key: both notes are signed.
            checkSigned(conflict.remembered());
            checkSigned(conflict.received());
            assertEquals(trusted, remembered());
            assertTrue(honest.treeSize() <= trusted.treeSize());
        }
    }

    @Test
    void anotherHistoryThatIsLonger() throws Exception {
        write(5, 8, "v");
        client.receipt(Key.of("k7"));
        Checkpoint trusted = remembered();
        try (Server other = serve("copy")) {
            client.close();
            client = connect(other.port());
            write(5, 15, "other");
            LedgerConflictException conflict =
                    assertThrows(LedgerConflictException.class, () -> client.receipt(Key.of("k14")));
            assertEquals(Kind.PROOF_FAILS, conflict.kind());
            assertEquals(trusted, conflict.remembered());
            assertTrue(conflict.received().treeSize() > trusted.treeSize());
            assertEquals(List.of(), conflict.convicted());
            assertTrue(conflict.proof() != null);
            assertThrows(
                    ProofException.class, () -> conflict.proof().verify(conflict.remembered(), conflict.received()));
            checkSigned(conflict.received());
            assertEquals(trusted, remembered());
            assertThrows(LedgerConflictException.class, client::checkpoint);
        }
    }

    /** An older copy is served: what was lost is missed. */
    @Test
    void rollback() throws Exception {
        write(5, 8, "v");
        client.receipt(Key.of("k7"));
        Checkpoint trusted = remembered();
        try (Server other = serve("copy")) {
            client.close();
            client = connect(other.port());
            for (LedgerConflictException conflict : List.of(
                    assertThrows(LedgerConflictException.class, client::checkpoint),
                    assertThrows(LedgerConflictException.class, () -> client.receipt(Key.of("k4"))))) {
                assertEquals(Kind.NO_PROOF, conflict.kind());
                assertEquals(trusted, conflict.remembered());
                assertTrue(conflict.received().treeSize() < trusted.treeSize());
                assertNull(conflict.proof());
            }
            assertEquals(trusted, remembered());
        }
    }

    /** What an older checkpoint says is true, and no news. */
    @Test
    void staleCheckpoints() throws Exception {
        Checkpoint old = client.checkpoint();
        write(5, 8, "v");
        client.receipt(Key.of("k7"));
        Checkpoint trusted = remembered();
        front.doing((request, self) -> request.path().startsWith("/api/v1/ledger/checkpoint")
                ? self.passOn(request).withText(old.note())
                : self.passOn(request));
        StaleCheckpointException stale = assertThrows(StaleCheckpointException.class, client::checkpoint);
        assertEquals(trusted, stale.remembered());
        assertEquals(old, stale.received());
        assertEquals(trusted, remembered());
    }

    @Test
    void aReceiptUnderAnOldCheckpointIsAskedForAgain() throws Exception {
        Front.Reply[] old = new Front.Reply[1];
        front.doing((request, self) -> old[0] = self.passOn(request));
        client.receipt(Key.of("k4"));
        front.doing((request, self) -> self.passOn(request));
        write(5, 8, "v");
        client.receipt(Key.of("k7"));
        boolean[] once = {true};
        front.doing((request, self) -> {
            if (request.path().startsWith("/api/v1/receipt/") && once[0]) {
                once[0] = false;
                return old[0];
            }
            return self.passOn(request);
        });
        assertEquals(
                remembered(), client.receipt(Key.of("k4")).orElseThrow().entry().checkpoint());
        assertTrue(front.requests.get(front.requests.size() - 2).path().contains("at_least="));
        front.doing((request, self) -> request.path().startsWith("/api/v1/receipt/") ? old[0] : self.passOn(request));
        assertThrows(StaleCheckpointException.class, () -> client.receipt(Key.of("k4")));
    }

    /** The checkpoint is signed by somebody else, or by nobody that is known. */
    @Test
    void anUnknownKey() throws Exception {
        write(5, 6, "v");
        try (Server other = serve("other");
                BlockDbClient plain = BlockDbClient.builder("http://127.0.0.1:" + other.port())
                        .build()) {
            String foreign = plain.verifierKeys().get(0);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> BlockDbClient.builder(front.url()).verifierKeys(keys[0], foreign));
            try (BlockDbClient wrong =
                    BlockDbClient.builder(front.url()).verifierKeys(foreign).build()) {
                UnprovedException unproved = assertThrows(UnprovedException.class, wrong::checkpoint);
                assertTrue(Checkpoint.parse(unproved.evidence()).treeSize() > 0);
            }
        }
    }

    /** Where the proof cannot be had this time, nothing is believed, and nobody is accused. */
    @Test
    void noProofForNow() throws Exception {
        Checkpoint before = remembered();
        write(5, 8, "v");
        for (Front.Mischief mischief : List.<Front.Mischief>of(
                (request, self) -> Front.Reply.problem(503, "NotReady", ""),
                (request, self) -> Front.Reply.problem(403, "Forbidden", ""))) {
            front.doing((request, self) -> request.path().startsWith("/api/v1/ledger/consistency")
                    ? mischief.answer(request, self)
                    : self.passOn(request));
            assertThrows(RefusedException.class, () -> client.receipt(Key.of("k7")));
            assertEquals(before, remembered());
        }
        front.doing((request, self) ->
                request.path().startsWith("/api/v1/ledger/consistency") ? null : self.passOn(request));
        assertThrows(UnreachableException.class, () -> client.receipt(Key.of("k7")));
        front.doing((request, self) -> self.passOn(request));
        assertTrue(client.receipt(Key.of("k7")).isPresent());
    }

    @Test
    void aStoreThatCannotBeReadStopsEverything() throws Exception {
        Files.writeString(store, "not a note");
        assertThrows(java.io.UncheckedIOException.class, client::checkpoint);
        assertThrows(java.io.UncheckedIOException.class, () -> client.receipt(Key.of("k4")));
    }
}

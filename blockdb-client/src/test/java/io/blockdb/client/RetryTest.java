package io.blockdb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.client.Front.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent again, how soon, and what becomes of a write whose answer is lost. */
class RetryTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final String COMMIT = "{\"success\":true,\"ledger_id\":\"" + ID
            + "\",\"sequence_number\":7,\"height\":3,\"block_hash\":\"" + "ab".repeat(32) + "\",\"timestamp\":5";
    private static final Reply CUT = null;
    private static final Reply BUSY = Reply.problem(503, "NotReady", "");

    private final TestTiming timing = new TestTiming();
    private Front front;
    private BlockDbClient client;

    private static Reply committed() {
        return Reply.json(201, COMMIT + "}");
    }

    /** A client of a server that answers so, one after the other, and to all that comes after as the last. */
    private void answering(Reply... replies) throws IOException {
        Deque<Reply> left = new ArrayDeque<>();
        for (Reply reply : replies) {
            left.add(reply == null ? new Reply(0, new byte[0], "", java.util.Map.of()) : reply);
        }
        front = Front.alone((request, self) -> {
            synchronized (left) {
                Reply next = left.size() > 1 ? left.remove() : left.element();
                return next.status() == 0 ? null : next;
            }
        });
        client = builder(front.url()).build();
    }

    private BlockDbClientBuilder builder(String... urls) {
        return BlockDbClient.builder(urls).timing(timing).timeout(Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        if (front != null) {
            front.close();
        }
    }

    @Test
    void aWriteOnceTableNeedsNoKey() throws Exception {
        answering(CUT, CUT, Reply.json(200, COMMIT + ",\"existing\":true}"));
        assertTrue(client.put(Key.of("k"), "v").existing());
        assertEquals(3, front.count("POST", "/api/v1/put"));
        assertTrue(
                front.requests.stream().noneMatch(request -> request.headers().containsKey("Idempotency-Key")));
    }

    @Test
    void aDeleteIsRepeatedUnderOneKey() throws Exception {
        answering(CUT, Reply.problem(504, "Timeout", ",\"retry_safe\":true"), committed());
        assertEquals(7, client.delete(Key.of("t", "k")).sequence());
        assertEquals(
                List.of("key-1", "key-1", "key-1"),
                front.requests.stream()
                        .map(request -> request.headers().get("Idempotency-Key"))
                        .toList());
    }

    @Test
    void whatExpiresIsRepeatedUnderAKeyAndAKeyThatIsGivenIsTaken() throws Exception {
        String results = ",\"results\":[{\"operation\":0,\"success\":true,\"sequence_number\":7}]}";
        answering(Reply.json(201, COMMIT + results));
        client.write(new Batch().put(Key.of("t", "k"), new byte[] {1}, Duration.ofSeconds(3)));
        client.write(new Batch().put(Key.of("k"), "v").idempotencyKey("mine"));
        assertEquals("key-1", front.requests.get(0).headers().get("Idempotency-Key"));
        assertTrue(front.requests.get(0).text().contains("\"ttl_seconds\":3"));
        assertEquals("mine", front.requests.get(1).headers().get("Idempotency-Key"));
    }

    @Test
    void tablesAreAskedForOnce() throws Exception {
        front = Front.alone((request, self) -> request.path().equals("/api/v1/tables")
                ? Reply.json(
                        200,
                        "{\"success\":true,\"tables\":["
                                + "{\"name\":\"once\",\"policy\":\"write-once\",\"erasable\":false},"
                                + "{\"name\":\"many\",\"policy\":\"versioned\",\"erasable\":false}]}")
                : committed());
        client = builder(front.url()).build();
        client.put(Key.of("once", "k"), "v");
        client.put(Key.of("many", "k"), "v");
        client.put(Key.of("once", "k2"), "v");
        assertEquals(1, front.count("GET", "/api/v1/tables"));
        assertEquals(
                java.util.Arrays.asList(null, "key-1", null),
                front.requests.stream()
                        .filter(request -> request.method().equals("POST"))
                        .map(request -> request.headers().get("Idempotency-Key"))
                        .toList());
    }

    @Test
    void aTableThatMayBecomeVersionedGetsAKey() throws Exception {
        front = Front.alone((request, self) ->
                request.path().equals("/api/v1/tables") ? Reply.problem(403, "Forbidden", "") : committed());
        client = builder(front.url()).build();
        client.put(Key.of("unknown", "k"), "v");
        assertEquals("key-1", front.requests.get(1).headers().get("Idempotency-Key"));
    }

    @Test
    void pausesGrowAndEnd() throws Exception {
        answering(BUSY);
        RefusedException refused = assertThrows(RefusedException.class, () -> client.get(Key.of("k")));
        assertEquals("NotReady", refused.error());
        assertEquals(503, refused.status());
        assertEquals(
                List.of(50L, 100L, 200L, 400L, 800L, 1600L, 2000L, 2000L),
                timing.pauses.stream().limit(8).map(Duration::toMillis).toList());
        Duration all = timing.pauses.stream().reduce(Duration.ZERO, Duration::plus);
        assertTrue(all.compareTo(Duration.ofSeconds(60)) <= 0, all::toString);
        assertTrue(all.compareTo(Duration.ofSeconds(58)) >= 0, all::toString);
    }

    @Test
    void whatTheServerAsksToWaitIsWaited() throws Exception {
        answering(
                BUSY.with("Retry-After", "7"),
                Reply.problem(429, "RateLimited", "").with("Retry-After", "3"),
                committed());
        client.put(Key.of("k"), "v");
        assertEquals(List.of(Duration.ofSeconds(7), Duration.ofSeconds(3)), timing.pauses);
    }

    @Test
    void whoHasToWaitTooLongIsToldAtOnce() throws Exception {
        answering(BUSY.with("Retry-After", "3600"));
        RefusedException refused = assertThrows(RefusedException.class, () -> client.put(Key.of("k"), "v"));
        assertEquals(Duration.ofHours(1), refused.retryAfter());
        assertEquals(1, front.requests.size());
    }

    @Test
    void aRefusalOfTheRulesIsNotRepeated() throws Exception {
        answering(Reply.problem(409, "DuplicateKey", ",\"operation\":0,\"operations\":[0]"));
        RefusedException refused = assertThrows(RefusedException.class, () -> client.put(Key.of("k"), "v"));
        assertTrue(refused.isDuplicateKey());
        assertEquals(List.of(0), refused.operations());
        assertEquals(1, front.requests.size());
    }

    @Test
    void aFullDiskIsNotAskedAgain() throws Exception {
        answering(Reply.problem(507, "DiskFull", ""));
        assertEquals(
                507,
                assertThrows(RefusedException.class, () -> client.put(Key.of("k"), "v"))
                        .status());
        assertEquals(1, front.requests.size());
    }

    @Test
    void aWriteWithoutAnAnswerIsUnknown() throws Exception {
        answering(CUT);
        OutcomeUnknownException unknown =
                assertThrows(OutcomeUnknownException.class, () -> client.delete(Key.of("t", "k")));
        assertEquals("key-1", unknown.idempotencyKey());
        assertTrue(unknown.getMessage().contains("key-1"), unknown.getMessage());
        assertTrue(front.requests.size() > 5);
    }

    @Test
    void aReadWithoutAnAnswerIsUnreachable() throws Exception {
        answering(CUT);
        assertThrows(UnreachableException.class, () -> client.get(Key.of("k")));
    }

    @Test
    void whatNeverArrivedIsKnownNotToBeWritten() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        client = builder("http://127.0.0.1:" + port).build();
        assertThrows(UnreachableException.class, () -> client.put(Key.of("k"), "v"));
        assertTrue(timing.pauses.size() > 5);
    }

    @Test
    void aDoorThatShutsSaysNothingOfWhatWasDoneBefore() throws Exception {
        for (Reply door : List.of(
                Reply.problem(401, "Unauthorized", ""),
                Reply.problem(403, "Forbidden", ""),
                BUSY,
                Reply.problem(507, "DiskFull", ""))) {
            answering(CUT, door);
            OutcomeUnknownException unknown =
                    assertThrows(OutcomeUnknownException.class, () -> client.delete(Key.of("t", "k")));
            assertEquals(RefusedException.class, unknown.getCause().getClass());
            close();
        }
    }

    @Test
    void aRefusalUnderAKeyDecidesAlsoWhatWasSentBefore() throws Exception {
        answering(CUT, Reply.problem(404, "NotFound", ""));
        assertEquals(
                "NotFound",
                assertThrows(RefusedException.class, () -> client.delete(Key.of("t", "k")))
                        .error());
    }

    @Test
    void aSwitchThatMayHaveArrivedIsNotRepeated() throws Exception {
        answering(CUT, committed());
        OutcomeUnknownException unknown =
                assertThrows(OutcomeUnknownException.class, () -> client.alterTable("t", true));
        assertNull(unknown.idempotencyKey());
        assertEquals(1, front.requests.size());
    }

    @Test
    void aSwitchThatWasRefusedForNowIsRepeated() throws Exception {
        answering(
                BUSY, Reply.json(200, "{\"success\":true,\"name\":\"t\",\"policy\":\"versioned\",\"erasable\":true}"));
        assertTrue(client.alterTable("t", true).erasable());
        assertEquals("PATCH", front.requests.get(1).method());
    }

    @Test
    void theServerMayKnowThatItIsNotSafe() throws Exception {
        answering(Reply.problem(504, "Timeout", ",\"retry_safe\":false"), committed());
        assertThrows(OutcomeUnknownException.class, () -> client.put(Key.of("k"), "v"));
        assertEquals(1, front.requests.size());
    }

    /** Who may not read is answered "already exists" also where it is his own write of a moment ago. */
    @Test
    void anExistingKeyAfterALostAnswerIsClearedUp() throws Exception {
        answering(CUT, Reply.problem(409, "DuplicateKey", ""), Reply.problem(403, "Forbidden", ""));
        assertThrows(OutcomeUnknownException.class, () -> client.put(Key.of("k"), "v"));
        close();
        answering(CUT, Reply.problem(409, "DuplicateKey", ""), Reply.json(200, "{}"));
        assertTrue(assertThrows(RefusedException.class, () -> client.put(Key.of("k"), "v"))
                .isDuplicateKey());
        assertTrue(front.requests.get(2).path().startsWith("/api/v1/get/aw%3D%3D?"));
    }

    @Test
    void mangledAnswers() throws Exception {
        for (String mangled : List.of(
                "",
                "null",
                "[1]",
                "{\"success\":true",
                "{\"success\":true}{}",
                "{\"success\":true,\"success\":true}",
                COMMIT,
                COMMIT.replace("7", "-7") + "}",
                COMMIT.replace("7", "\"7\"") + "}",
                COMMIT.replace("7", "77777777777777777777") + "}",
                COMMIT.replace("ab", "xy") + "}",
                COMMIT.replace(ID, "none") + "}",
                COMMIT.replace("true", "false") + "}",
                COMMIT.replace("true", "1") + "}",
                "{\"a\":".repeat(5000))) {
            answering(Reply.json(201, mangled));
            OutcomeUnknownException unknown =
                    assertThrows(OutcomeUnknownException.class, () -> client.put(Key.of("k"), "v"), mangled);
            assertEquals(MalformedAnswerException.class, unknown.getCause().getClass());
            close();
            answering(Reply.json(200, mangled));
            assertThrows(MalformedAnswerException.class, () -> client.get(Key.of("k")), mangled);
            close();
        }
    }

    @Test
    void anAnswerOfAnotherProgram() throws Exception {
        answering(new Reply(
                404,
                "<html>\u001b[2Jnothing here</html>".getBytes(StandardCharsets.UTF_8),
                "text/html",
                java.util.Map.of()));
        RefusedException refused = assertThrows(RefusedException.class, () -> client.get(Key.of("k")));
        assertEquals("HTTP", refused.error());
        assertTrue(refused.getMessage().contains("<html>"));
        assertFalse(refused.getMessage().contains("\u001b"));
        close();
        answering(new Reply(302, new byte[0], "text/html", java.util.Map.of("Location", "http://elsewhere/")));
        assertTrue(assertThrows(MalformedAnswerException.class, () -> client.get(Key.of("k")))
                .getMessage()
                .contains("redirection"));
    }

    @Test
    void anAnswerThatIsTooLongIsNotRead() throws Exception {
        front = Front.alone((request, self) -> Reply.json(200, " ".repeat(100_000)));
        client = builder(front.url())
                .answerLengthMax(50_000)
                .retryFor(Duration.ZERO)
                .build();
        UnreachableException unreachable = assertThrows(UnreachableException.class, () -> client.get(Key.of("k")));
        assertTrue(unreachable.getMessage().contains("50000"), unreachable.getMessage());
    }

    @Test
    void anAnswerThatDoesNotComeEnds() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        front = Front.alone((request, self) -> {
            never.await();
            return committed();
        });
        client = builder(front.url())
                .timeout(Duration.ofMillis(50))
                .retryFor(Duration.ofMillis(120))
                .build();
        assertThrows(OutcomeUnknownException.class, () -> client.put(Key.of("k"), "v"));
        assertThrows(UnreachableException.class, () -> client.get(Key.of("k")));
        never.countDown();
    }

    /** The time for an attempt counts to the end of the answer, not to its begin. */
    @Test
    void anAnswerThatDoesNotEndEnds() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread slow = new Thread(() -> {
                try (var socket = server.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
                    // Ends as the client hangs up.
                    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException hungUp) {
                    return;
                }
            });
            slow.start();
            client = builder("http://127.0.0.1:" + server.getLocalPort())
                    .timeout(Duration.ofMillis(200))
                    .retryFor(Duration.ZERO)
                    .build();
            assertThrows(UnreachableException.class, () -> client.get(Key.of("k")));
            slow.join(20_000);
            assertFalse(slow.isAlive(), "the connection was left open");
        }
    }

    @Test
    void anotherServerIsAskedWhenOneDoesNotAnswer() throws Exception {
        answering(CUT);
        try (Front other = Front.alone((request, self) -> committed());
                BlockDbClient both = builder(front.url(), other.url()).build()) {
            both.put(Key.of("a"), "v");
            both.put(Key.of("b"), "v");
            assertEquals(1, front.requests.size());
            assertEquals(2, other.requests.size());
        }
    }

    @Test
    void aTokenIsSentAndAskedForAgain() throws Exception {
        Deque<String> tokens = new ArrayDeque<>(List.of("old", "new"));
        front = Front.alone(
                (request, self) -> "Bearer new".equals(request.headers().get("Authorization"))
                        ? committed()
                        : Reply.problem(401, "Unauthorized", ""));
        client = builder(front.url())
                .token(() -> {
                    synchronized (tokens) {
                        return tokens.size() > 1 ? tokens.remove() : tokens.element();
                    }
                })
                .build();
        client.put(Key.of("k"), "v");
        assertEquals(2, front.requests.size());
        try (BlockDbClient wrong = builder(front.url()).token("wrong").build()) {
            RefusedException refused = assertThrows(RefusedException.class, () -> wrong.put(Key.of("k"), "v"));
            assertEquals(401, refused.status());
            assertFalse(refused.toString().contains("wrong"));
            assertEquals(3, front.requests.size());
        }
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        front = Front.alone((request, self) -> {
            arrived.countDown();
            never.await();
            return committed();
        });
        client = builder(front.url()).build();
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                arrived.await();
            } catch (InterruptedException e) {
                return;
            }
            caller.interrupt();
        });
        interrupter.start();
        OutcomeUnknownException unknown =
                assertThrows(OutcomeUnknownException.class, () -> client.delete(Key.of("t", "k")));
        assertTrue(Thread.interrupted());
        assertEquals("key-1", unknown.idempotencyKey());
        never.countDown();
        interrupter.join();
    }

    @Test
    void closingEndsCalls() throws Exception {
        CountDownLatch arrived = new CountDownLatch(2);
        CountDownLatch never = new CountDownLatch(1);
        front = Front.alone((request, self) -> {
            arrived.countDown();
            never.await();
            return committed();
        });
        client = builder(front.url()).build();
        CompletableFuture<Commit> write = client.putAsync(Key.of("k"), new byte[] {1});
        CompletableFuture<?> read = client.getAsync(Key.of("k"));
        arrived.await();
        client.close();
        assertThrows(java.util.concurrent.CancellationException.class, () -> {
            try {
                write.get();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        assertTrue(read.isCompletedExceptionally());
        assertThrows(IllegalStateException.class, () -> client.get(Key.of("k")));
        never.countDown();
    }

    @Test
    void futuresFailWithTheSame() throws Exception {
        answering(Reply.problem(409, "Conflict", ""));
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> client.putAsync(Key.of("k"), new byte[0]).get());
        assertEquals(RefusedException.class, failed.getCause().getClass());
        failed = assertThrows(
                ExecutionException.class, () -> client.getAsync(Key.of("k")).get());
        assertEquals(RefusedException.class, failed.getCause().getClass());
    }
}

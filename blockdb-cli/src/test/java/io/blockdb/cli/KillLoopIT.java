package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.cli.Launched.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged program with SIGKILL while it writes, over and over on one database: nothing that was acknowledged
 * may be missing, nothing may be there in part, and the ledger verifies. {@code -Dblockdb.kill.rounds} makes it longer.
 */
final class KillLoopIT {
    private static final int ROUNDS = Integer.getInteger("blockdb.kill.rounds", 10);
    private static final int BATCH_SIZE = 50;
    private static final String SUCCESS = "Successfully stored key-value pair";

    private final long seed = Long.getLong("blockdb.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final String reproduce =
            "reproduce with: mvn -pl blockdb-cli -am verify -Dit.test=KillLoopIT -Dblockdb.seed=" + seed;

    @TempDir
    private Path temp;

    @Test
    void everyAcknowledgedPutSurvives() throws Exception {
        String directory = temp.resolve("data").toString();
        int next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int acknowledged = next + putUntilKilled(directory, next, 1 + random.nextInt(60));
            int present = presentAfterRecovery(directory);
            String where = "round " + round + ", acknowledged " + acknowledged + "; " + reproduce;
            assertTrue(present >= acknowledged, () -> "only " + present + " keys are there: " + where);
            next = present;
        }
        verify(directory);
    }

    /**
     * Types puts as fast as they are taken, and kills the process when so many were acknowledged; answers that number.
     */
    private static int putUntilKilled(String directory, int from, int acknowledgements) throws Exception {
        Process process = Launched.prepare(Launched.CLI, "-d", directory, "interactive", "--memtable-size", "64KB")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        Thread typist = new Thread(() -> type(process, from), "typist");
        typist.start();
        try (BufferedReader answers = process.inputReader()) {
            int count = 0;
            for (String line; count < acknowledgements && (line = answers.readLine()) != null; ) {
                count += line.equals(SUCCESS) ? 1 : 0;
            }
            process.toHandle().destroyForcibly(); // the process's own method would close the pipe to be read out
            // What it still got out before it died was acknowledged as well.
            for (String line; (line = answers.readLine()) != null; ) {
                count += line.equals(SUCCESS) ? 1 : 0;
            }
            return count;
        } finally {
            process.waitFor();
            typist.join();
        }
    }

    private static void type(Process process, int from) {
        try (Writer writer = process.outputWriter()) {
            for (int i = from; ; i++) {
                writer.write("put " + key(i) + " '" + value(i) + "'\n");
                writer.flush();
            }
        } catch (IOException killed) {
            return; // as it should be
        }
    }

    @Test
    void everyBatchOfAKilledImportIsThereOrNot() throws Exception {
        String directory = temp.resolve("data").toString();
        Path file = temp.resolve("lines.jsonl");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            lines.add("{\"key\":\"" + key(i) + "\",\"value\":\"" + value(i) + "\"}");
        }
        Files.write(file, lines);
        int before = 0;
        for (int round = 0; round < (ROUNDS + 1) / 2; round++) {
            Process process = Launched.prepare(
                            Launched.CLI,
                            "-d",
                            directory,
                            "import",
                            "--batch-size",
                            String.valueOf(BATCH_SIZE),
                            "--memtable-size",
                            "256KB",
                            file.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            awaitDatabase(directory, process);
            if (process.waitFor(random.nextInt(1200), TimeUnit.MILLISECONDS)) {
                break; // all of it was imported
            }
            process.destroyForcibly().waitFor();
            String where = "round " + round + "; " + reproduce;
            int present = presentAfterRecovery(directory);
            assertEquals(0, present % BATCH_SIZE, () -> present + " keys: " + where);
            assertTrue(present >= before, () -> present + " keys: " + where);
            before = present;
        }
        verify(directory);
    }

    /** How long a JVM takes to get so far, no test knows. */
    private static void awaitDatabase(String directory, Process process) {
        Path segment = Path.of(directory, "ledger", "0000000001.seg");
        long begin = System.nanoTime();
        while (!Files.exists(segment) && process.isAlive()) {
            assertTrue(System.nanoTime() - begin < TimeUnit.MINUTES.toNanos(2), "no database is made");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void verify(String directory) throws Exception {
        Outcome outcome = Launched.cli("-d", directory, "verify");
        assertEquals(0, outcome.exit(), () -> outcome.err() + reproduce);
    }

    /** Verifies, opens for writing, and counts the keys, which must be the first ones, with their values. */
    private int presentAfterRecovery(String directory) throws Exception {
        verify(directory);
        Outcome recovered = Launched.cli("-d", directory, "put", "-t", "marks", "opened", "for writing");
        assertEquals(0, recovered.exit(), () -> recovered.err() + reproduce);
        Outcome scan = Launched.cli("-d", directory, "scan", "-o", "csv");
        assertEquals(0, scan.exit(), () -> scan.err() + reproduce);
        List<String> rows = scan.out().lines().skip(1).collect(Collectors.toList());
        for (int i = 0; i < rows.size(); i++) {
            int row = i;
            assertTrue(
                    rows.get(i).startsWith(key(i) + "," + value(i) + ",text,"),
                    () -> "row " + row + " is " + rows.get(row) + "; " + reproduce);
        }
        return rows.size();
    }

    private static String key(int number) {
        return "key%08d".formatted(number);
    }

    /** Of many lengths, some above what the index keeps itself. */
    private static String value(int number) {
        return ("value of " + number + " ").repeat(1 + number % 90).strip();
    }
}

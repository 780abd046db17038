package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that writes, with SIGKILL, over and over on one database on the real disk. While it lives nobody else may
 * open the database; when it is dead all that it was told is there. {@code -Dblockdb.kill.rounds} makes it longer.
 */
@Timeout(1800)
class KillTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.kill.rounds", 4);

    private final Random random = Seed.random();

    @TempDir
    Path temp;

    @Test
    void whatWasAnsweredIsThereAfterEveryKill() throws Exception {
        Path directory = temp.resolve("db");
        int[] answered = {-1, -1, -1};
        for (int round = 0; round < ROUNDS; round++) {
            writeUntilKilled(directory, answered, 1 + random.nextInt(300));
            try (BlockDb db = BlockDb.open(directory, KillTarget.options())) {
                for (int writer = 0; writer < KillTarget.WRITERS; writer++) {
                    answered[writer] = check(db, writer, answered[writer]);
                }
                VerifyReport report = db.verify((done, total, blocks) -> {});
                assertTrue(report.valid(), report::toString);
            }
            VerifyReport report = BlockDb.verify(directory, KillTarget.options(), (done, total, blocks) -> {});
            assertTrue(report.valid(), report::toString);
        }
    }

    /** Checks that all batches of a writer up to the last one are there, whole. Returns the last one's number. */
    private static int check(BlockDb db, int writer, int answered) throws IOException {
        byte[] counter = db.get(KillTarget.COUNTERS, KillTarget.counter(writer));
        int last = counter == null ? -1 : Integer.parseInt(new String(counter, UTF_8));
        assertTrue(
                last >= answered, () -> "writer " + writer + " was answered " + answered + ", " + last + " is there");
        assertTrue(
                last <= answered + 1,
                () -> "writer " + writer + ": " + last + " is there, " + answered + " was answered");
        for (int number = 0; number <= last + 1; number++) {
            for (int part = 0; part < KillTarget.BATCH_SIZE; part++) {
                byte[] value = db.get(KillTarget.key(writer, number, part).getBytes(UTF_8));
                if (number <= last) {
                    assertArrayEquals(KillTarget.value(writer, number, part), value);
                } else {
                    assertNull(value);
                }
            }
        }
        if (last >= 0) {
            assertEquals(
                    last + 1,
                    db.history(KillTarget.COUNTERS, KillTarget.counter(writer)).size());
        }
        return last;
    }

    private static void writeUntilKilled(Path directory, int[] answered, int answers) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-cp",
                System.getProperty("java.class.path"),
                KillTarget.class.getName(),
                directory.toString()));
        for (int last : answered) {
            command.add(Integer.toString(last + 1));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (int i = 0; i < answers; i++) {
                String line = lines.readLine();
                assertNotNull(line, "the process ended by itself");
                note(answered, line);
                if (i == 0) {
                    assertInUse(directory, process.pid());
                }
            }
            process.toHandle().destroyForcibly();
            // What it still got out before it died was answered as well; the last line may be cut.
            StringBuilder rest = new StringBuilder();
            for (int c; (c = lines.read()) >= 0; ) {
                rest.append((char) c);
            }
            for (String line : rest.substring(0, rest.lastIndexOf("\n") + 1).split("\n")) {
                if (!line.isEmpty()) {
                    note(answered, line);
                }
            }
        } finally {
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
    }

    private static void note(int[] answered, String line) {
        int space = line.indexOf(' ');
        answered[Integer.parseInt(line.substring(0, space))] = Integer.parseInt(line.substring(space + 1));
    }

    private static void assertInUse(Path directory, long pid) {
        DatabaseInUseException refusal = assertThrows(
                DatabaseInUseException.class,
                () -> BlockDb.open(directory, KillTarget.options()).close());
        assertTrue(refusal.getMessage().contains("process " + pid + " on host "), refusal::getMessage);
        assertThrows(
                DatabaseInUseException.class,
                () -> BlockDb.open(directory, KillTarget.options().withReadOnly(true))
                        .close());
    }
}

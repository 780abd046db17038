package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interactive mode on a terminal, which {@code script} of util-linux plays. */
final class TerminalIT {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final int SIGINT = 2;
    private static final String PROMPT = "blockdb>";

    @TempDir
    private Path temp;

    private Process start(String terminal, String command) throws IOException {
        ProcessBuilder builder = Launched.prepare(
                SCRIPT.toString(), "-qec", "stty cols 80 rows 24; exec \"$CLI\" -d \"$DIR\" " + command, "/dev/null");
        builder.environment().put("CLI", Launched.CLI);
        builder.environment().put("DIR", temp.resolve("data").toString());
        builder.environment().put("HOME", temp.toString());
        builder.environment().put("TERM", terminal);
        return builder.redirectInput(ProcessBuilder.Redirect.PIPE).start();
    }

    /** Reads until a text was seen; answers all that was read. */
    private static String await(Reader screen, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int c = screen.read();
            if (c < 0) {
                throw new AssertionError("'" + text + "' never came: " + seen);
            }
            seen.append((char) c);
        }
        return seen.toString();
    }

    private static void type(Writer keyboard, String keys) throws IOException {
        keyboard.write(keys);
        keyboard.flush();
    }

    @BeforeEach
    void needsATerminalAndCtrlC() throws IOException {
        assumeTrue(Files.isExecutable(SCRIPT), "needs script of util-linux");
        assumeFalse(Launched.isIgnored(SIGINT), "Ctrl-C would end nothing");
    }

    @Test
    void promptsCompletesKeepsAHistoryAndLeaves() throws Exception {
        Process process = start("xterm", "interactive");
        try (Reader screen = process.inputReader();
                Writer keyboard = process.outputWriter()) {
            await(screen, "BlockDB Interactive Mode");
            await(screen, PROMPT);
            type(keyboard, "put greeting 'hello !world'\r");
            await(screen, "Successfully stored key-value pair");
            await(screen, PROMPT);
            type(keyboard, "get not\003");
            await(screen, PROMPT);
            type(keyboard, "get 'open\r");
            await(screen, "> ");
            type(keyboard, "quote'\r");
            await(screen, "Key not found");
            await(screen, PROMPT);
            type(keyboard, "hist\t");
            await(screen, "ory ");
            type(keyboard, "greeting\r");
            await(screen, "hello !world");
            await(screen, PROMPT);
            type(keyboard, "stats --watch 60\r");
            await(screen, "Ctrl-C ends");
            type(keyboard, "\003");
            await(screen, "Interrupted");
            await(screen, PROMPT);
            type(keyboard, "get greetin --atz\r");
            await(screen, "did you mean '--at'?");
            await(screen, PROMPT);
            type(keyboard, "\\tim\t");
            await(screen, "ing ");
            type(keyboard, "on\r");
            await(screen, "Timing is on.");
            await(screen, PROMPT);
            type(keyboard, "\004");
            assertEquals(0, process.waitFor(), "one that failed is no matter where somebody looks on");
        }
        Path history = temp.resolve(".local/state/blockdb/history");
        assertTrue(Files.readString(history).contains("put greeting 'hello !world'"), Files.readString(history));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(history)));
        try (var names = Files.walk(temp.resolve("data"))) {
            assertFalse(names.anyMatch(name -> name.endsWith("history")), "the history is not in the database");
        }
    }

    @Test
    void thePromptAfterCtrlCStandsOnALineOfItsOwn() throws Exception {
        assertEquals(
                0,
                Launched.cli("-d", temp.resolve("data").toString(), "put", "k", "v")
                        .exit());
        Process process = start("xterm", "stats --watch 60");
        try (Reader screen = process.inputReader();
                Writer keyboard = process.outputWriter()) {
            await(screen, "Ctrl-C ends");
            type(keyboard, "\003");
            StringWriter rest = new StringWriter();
            screen.transferTo(rest);
            assertTrue(rest.toString().endsWith("\n"), rest.toString());
            assertEquals(130, process.waitFor());
        }
    }

    @Test
    void ctrlCEndsNoSessionOfADumbTerminal() throws Exception {
        Process process = start("dumb", "interactive");
        try (Reader screen = process.inputReader();
                Writer keyboard = process.outputWriter()) {
            await(screen, PROMPT);
            type(keyboard, "get not\003");
            await(screen, PROMPT);
            type(keyboard, "put k v\r");
            await(screen, "Successfully stored key-value pair");
            await(screen, PROMPT);
            type(keyboard, "exit\r");
            assertEquals(0, process.waitFor());
        }
    }
}

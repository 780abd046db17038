package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.blockdb.cli.Launched.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as processes: arguments, streams and exit codes go through a shell, the launcher and a JVM. */
final class CommandLineIT {
    private static final int SIGINT = 2;

    @TempDir
    private Path temp;

    private Outcome script(String script) throws Exception {
        return Launched.script(temp.resolve("data"), script);
    }

    /** The bytes come from the shell, as escapes: the locale of this JVM has no say in them. */
    @Test
    void keepsCharactersUnderLangC() throws Exception {
        Outcome outcome = script("""
                env -i LANG=C JAVA_HOME="$JAVA_HOME" PATH="$PATH" BLOCKDB_CDS=off \
                    "$CLI" -d "$DIR" put "$(printf 'gr\\303\\266\\303\\237e')" "$(printf '\\342\\234\\223')" &&
                env -i LANG=C JAVA_HOME="$JAVA_HOME" PATH="$PATH" BLOCKDB_CDS=off \
                    "$CLI" -d "$DIR" get "$(printf 'gr\\303\\266\\303\\237e')" | od -An -tx1
                """);
        assertEquals("", outcome.err());
        assertEquals("Successfully stored key-value pair\n e2 9c 93 0a\n", outcome.out());
    }

    @Test
    void refusesArgumentsThatAreNoText() throws Exception {
        Outcome outcome = script("\"$CLI\" -d \"$DIR\" put \"$(printf 'k\\377')\" v");
        assertEquals(2, outcome.exit());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().startsWith("Error: an argument is not valid UTF-8"), outcome.err());
        assertFalse(Files.exists(temp.resolve("data")));
    }

    @Test
    void binaryValuesComeBackByteForByte() throws Exception {
        Outcome outcome = script("""
                head -c 100000 /dev/urandom > "$DIR.bin" &&
                "$CLI" -d "$DIR" put blob - < "$DIR.bin" && "$CLI" -d "$DIR" get blob --raw | cmp - "$DIR.bin"
                """);
        assertEquals("", outcome.err());
        assertEquals(0, outcome.exit());
    }

    @Test
    void valuesComeThroughPipes() throws Exception {
        Outcome outcome = script("""
                printf piped | "$CLI" -d "$DIR" put one - && "$CLI" -d "$DIR" get one &&
                mkfifo "$DIR.fifo" && { printf fifo > "$DIR.fifo" & } &&
                "$CLI" -d "$DIR" put two --file "$DIR.fifo" && "$CLI" -d "$DIR" get two
                """);
        assertEquals("", outcome.err());
        assertEquals(
                "Successfully stored key-value pair\npiped\nSuccessfully stored key-value pair\nfifo\n", outcome.out());
    }

    @Test
    void anErasedValueIsInNoFileWhenTheCommandEnds() throws Exception {
        Outcome outcome = script("""
                "$CLI" -d "$DIR" table create people --erasable && "$CLI" -d "$DIR" put ada secretsecretsecret -t people &&
                grep -rc secretsecret "$DIR" | grep -c ':1' &&
                "$CLI" -d "$DIR" erase ada -t people --sequence 3 --reason "asked for" &&
                ! grep -r secretsecret "$DIR" && "$CLI" -d "$DIR" verify && "$CLI" -d "$DIR" get ada -t people
                """);
        assertEquals("Value erased (see _erasures, sequence 4)\n", outcome.err());
        assertEquals(1, outcome.exit());
        assertTrue(
                outcome.out().contains("\n1\nSuccessfully erased the value of ada (see _erasures, sequence 4)\n"),
                outcome.out());
    }

    @Test
    void exitCodes() throws Exception {
        Outcome outcome = script("""
                code() { "$@" > /dev/null 2>&1; printf '%s ' $?; }
                code "$CLI" -d "$DIR" get k
                code "$CLI" -d "$DIR" put k v
                code "$CLI" -d "$DIR" put k v
                code "$CLI" -d "$DIR" put k w
                code "$CLI" -d "$DIR" get nope
                code "$CLI" -d "$DIR" put
                code "$CLI" -d "$DIR" bogus
                code "$CLI" -d "$DIR" verify
                code "$CLI" -d /dev/null get k
                code "$CLI" -d "$DIR"
                """);
        assertEquals("3 0 0 1 1 2 2 0 3 0 ", outcome.out());
    }

    @Test
    void aClosedPipeIsNoFailureAndAFullDiskIsOne() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append("{\"key\":\"key number %d\",\"value\":\"a value that takes some room\"}\n".formatted(i));
        }
        Files.writeString(temp.resolve("data.jsonl"), lines);
        Outcome outcome = script("""
                "$CLI" -d "$DIR" import --format jsonl "$DIR.jsonl" > /dev/null
                { "$CLI" -d "$DIR" scan; echo "exit $?" >&2; } | head -n 1
                """);
        assertEquals("exit 0\n", outcome.err());
        assertEquals(1, outcome.out().lines().count());
        if (Files.exists(Path.of("/dev/full"))) {
            Outcome full = script("\"$CLI\" -d \"$DIR\" get 'key number 1' > /dev/full");
            assertEquals(3, full.exit());
            assertEquals("Error: cannot write the result: No space left on device\n", full.err());
        }
    }

    @Test
    void aSessionHoldsTheDatabaseAndItsHolderIsNamed() throws Exception {
        assertEquals(0, script("\"$CLI\" -d \"$DIR\" put k v").exit());
        Process session = Launched.prepare(
                        Launched.CLI, "-d", temp.resolve("data").toString(), "interactive")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        try (var reader = session.inputReader()) {
            assertEquals("BlockDB Interactive Mode", reader.readLine());
            Outcome outcome = script("\"$CLI\" -d \"$DIR\" get k");
            assertEquals(3, outcome.exit());
            assertTrue(outcome.err().contains("in use by process " + session.pid()), outcome.err());
            assertTrue(outcome.err().endsWith("If a server has it, --url asks that\n"), outcome.err());
            assertEquals(1, outcome.err().lines().count());
        } finally {
            session.getOutputStream().close();
            assertEquals(0, session.waitFor());
        }
    }

    @Test
    void versionAndHelpOpenNothing() throws Exception {
        Outcome outcome = script("""
                mkdir "$DIR" && : > "$DIR/foreign"
                BLOCKDB_JAVA_OPTS="-Xlog:class+load=info:file=$DIR.version" "$CLI" -d "$DIR" --version > /dev/null &&
                BLOCKDB_JAVA_OPTS="-Xlog:class+load=info:file=$DIR.help" "$CLI" -d "$DIR" get --help > /dev/null &&
                ls "$DIR"
                """);
        assertEquals("foreign\n", outcome.out());
        assertEquals("", outcome.err());
        for (String log : List.of("data.version", "data.help")) {
            assertTrue(
                    Files.readAllLines(temp.resolve(log)).stream()
                            .noneMatch(line -> line.contains(" io.blockdb.db.Opener")
                                    || line.contains(" io.blockdb.cli.PutCommand ")),
                    log);
        }
    }

    @Test
    void theManualHasAPageForEachCommand() throws Exception {
        Path pages = Path.of(Launched.CLI).getParent().resolveSibling("share/man/man1");
        for (String name :
                List.of("blockdb-cli", "blockdb-cli-get", "blockdb-cli-table-create", "blockdb-cli-doctor")) {
            assertTrue(Files.exists(pages.resolve(name + ".1")), name);
        }
        if (Files.isExecutable(Path.of("/usr/bin/groff"))) {
            Outcome outcome = script("for page in \"${CLI%/bin/*}\"/share/man/man1/*.1; do"
                    + " groff -man -Tutf8 -ww -z \"$page\" || exit; done");
            assertEquals(0, outcome.exit());
            assertEquals("", outcome.err());
        }
    }

    /** Ctrl-C ends a measurement, and what it wrote is gone. */
    @Test
    void aBenchThatIsInterruptedLeavesNothingBehind() throws Exception {
        assumeFalse(Launched.isIgnored(SIGINT), "Ctrl-C would end nothing");
        Path place = Files.createDirectory(temp.resolve("place"));
        Process bench = Launched.prepare(Launched.CLI, "bench", "--dir", place.toString(), "--duration", "60")
                .start();
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (place.toFile().list().length == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(1, place.toFile().list().length);
        new ProcessBuilder("kill", "-INT", Long.toString(bench.pid())).start().waitFor();
        assertEquals(130, bench.waitFor());
        assertEquals(0, place.toFile().list().length);
    }

    @Test
    void anExportThatIsInterruptedLeavesNothingBehind() throws Exception {
        assumeFalse(Launched.isIgnored(SIGINT), "Ctrl-C would end nothing");
        assertEquals(
                0,
                script("seq 200000 | sed '1s/^/k\\n/' | \"$CLI\" -d \"$DIR\" import --format csv --key k -")
                        .exit());
        Path place = Files.createDirectory(temp.resolve("place"));
        Process export = Launched.prepare(
                        Launched.CLI,
                        "-d",
                        temp.resolve("data").toString(),
                        "export",
                        "--output",
                        place.resolve("all.csv.gz").toString())
                .start();
        while (place.toFile().list().length == 0 && export.isAlive()) {
            Thread.onSpinWait();
        }
        new ProcessBuilder("kill", "-INT", Long.toString(export.pid())).start().waitFor();
        export.waitFor();
        assertFalse(List.of(place.toFile().list()).toString().contains(".part"), "what is not complete is gone");
    }

    /** What is not needed to answer is not loaded: it would double the time of a get. */
    @Test
    void getLoadsNoClassItDoesNotNeed() throws Exception {
        Outcome outcome = script("""
                "$CLI" -d "$DIR" put k v > /dev/null
                BLOCKDB_JAVA_OPTS="-Xlog:class+load=info:file=$DIR.log" "$CLI" -d "$DIR" get k
                """);
        assertEquals("v\n", outcome.out());
        List<String> loaded = Files.readAllLines(temp.resolve("data.log"));
        assertTrue(loaded.stream().anyMatch(line -> line.contains("io.blockdb.cli.GetCommand")));
        for (String unwanted : List.of(
                " org.jline.",
                " io.blockdb.cli.JsonRows",
                " io.blockdb.cli.ScanCommand",
                " io.blockdb.cli.RemoteSource",
                " io.blockdb.cli.remote.",
                " java.net.HttpURLConnection",
                " java.util.Formatter ",
                " java.lang.runtime.ObjectMethods ")) {
            assertEquals(
                    List.of(),
                    loaded.stream().filter(line -> line.contains(unwanted)).toList());
        }
    }
}

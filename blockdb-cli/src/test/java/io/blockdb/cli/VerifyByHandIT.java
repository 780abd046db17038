package io.blockdb.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the auditor's page says, command by command: on its own receipt, and on one that was made just now. */
final class VerifyByHandIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path LAUNCHER = ROOT.resolve("target/blockdb/bin/blockdb-cli");
    private static final Pattern STEP =
            Pattern.compile("<!-- by-hand -->\n```sh\n(.*?)```\n\n<!-- output -->\n```\n(.*?)\n?```", Pattern.DOTALL);

    @TempDir
    private Path temp;

    private record Step(String commands, String output) {}

    @BeforeEach
    void needsWhatThePageNeeds() throws Exception {
        for (String tool : List.of("openssl version | grep -q 'OpenSSL 3'", "python3 -c ''", "sha256sum --version")) {
            assumeTrue(run(tool).equals("0"), "not here: " + tool);
        }
    }

    private static List<Step> steps() throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(Files.readString(ROOT.resolve("docs/verify-by-hand.md")));
        while (matcher.find()) {
            steps.add(new Step(matcher.group(1), matcher.group(2)));
        }
        return steps;
    }

    /** Runs commands in the folder; answers their exit code, and in {@code output} what they wrote. */
    private String run(String commands) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-euc", commands)
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("output").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("BLOCKDB_CDS", "off");
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return String.valueOf(process.waitFor());
    }

    private String output() throws IOException {
        return Files.readString(temp.resolve("output"), UTF_8).stripTrailing();
    }

    @Test
    void thePagesOwnReceiptGivesWhatThePageShows() throws Exception {
        for (String name : List.of("receipt.json", "blockdb.vkey")) {
            Files.copy(ROOT.resolve("docs/verify-by-hand").resolve(name), temp.resolve(name));
        }
        List<Step> steps = steps();
        assertEquals(5, steps.size());
        for (Step step : steps) {
            assertEquals("0", run(step.commands), this::text);
            assertEquals(step.output, output());
        }
    }

    @Test
    void aFreshReceiptHoldsStepByStepAndInEveryVerifier() throws Exception {
        String cli = "'" + LAUNCHER + "' -d db ";
        assertEquals(
                "0",
                run(cli + "put greeting hello && " + cli + "checkpoint > old.note && " + cli
                        + "put invoice-17 'paid 120 EUR' --receipt receipt.json && " + cli + "key > blockdb.vkey"),
                this::text);
        for (Step step : steps()) {
            assertEquals("0", run(step.commands), this::text);
        }
        assertTrue(output().contains("block 2 of 3 stands under the signed root"), this::text);

        String python = "python3 -B '" + ROOT.resolve("tools/verify_receipt.py") + "' ";
        String key = " --key \"$(cat blockdb.vkey)\"";
        assertEquals("0", run("'" + LAUNCHER + "' check-receipt receipt.json" + key), this::text);
        assertEquals("0", run(python + "receipt receipt.json" + key), this::text);
        assertEquals("0", run(cli + "prove-consistency --from old.note > growth.json"), this::text);
        assertEquals("0", run("'" + LAUNCHER + "' check-consistency old.note growth.json" + key), this::text);
        assertEquals("0", run(python + "consistency old.note growth.json" + key), this::text);

        assertEquals(
                "1",
                run("sed 's/\"entry_index\":0/\"entry_index\":1/' receipt.json > bad.json\n" + python
                        + "receipt bad.json" + key),
                this::text);
        assertTrue(output().startsWith("REFUSED: "), this::text);
    }

    private String text() {
        try {
            return output();
        } catch (IOException e) {
            return e.toString();
        }
    }
}

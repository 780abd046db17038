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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pastes what the README says into a shell, block by block, so that it stays true. */
final class ReadmeIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path DISTRIBUTION = ROOT.resolve("target/blockdb");

    @TempDir
    private Path temp;

    private record Outcome(int exit, String out) {}

    @Test
    void theWalkThroughFindsTheByteThatWasChanged() throws Exception {
        // Where the clone is another user's, git reads nothing of it.
        assumeTrue(
                Files.exists(ROOT.resolve(".git")) && run("sh", "-c", "git -C '" + ROOT + "' log -1").exit == 0,
                "the walk-through reads the history of a git clone");
        List<String> blocks = blocks("<!-- walk-through -->", "sh");
        assertEquals(10, blocks.size(), "blocks of the walk-through");
        // The README's target/ becomes a folder of this test: it must not meet what a person left there.
        Files.createDirectories(temp.resolve("target"));
        String script = "set -eu\ncd '" + ROOT + "'\n"
                + String.join("\n", blocks).replace("target/", temp.resolve("target") + "/");

        Outcome outcome = run("sh", "-c", script);

        assertEquals(0, outcome.exit, outcome.out);
        assertTrue(outcome.out.contains("failed 0"), outcome.out);
        assertEquals(2, outcome.out.split("\"name\":\"Zoë, the 2nd\"", -1).length - 1, outcome.out);
        assertTrue(outcome.out.contains("✗ Blockchain integrity verification failed"), outcome.out);
        assertTrue(outcome.out.contains("ledger/0000000001.seg @"), outcome.out);
        assertTrue(outcome.out.contains("verify said no"), outcome.out);
        assertTrue(outcome.out.contains("✓ The receipt holds"), outcome.out);
        assertTrue(outcome.out.contains("grew out of the one of"), outcome.out);
        assertEquals(3, outcome.out.split("Verifying blockchain integrity", -1).length - 1, outcome.out);
        assertEquals(2, outcome.out.split("✓ Blockchain integrity verified", -1).length - 1, outcome.out);
    }

    @Test
    void theExampleRunsAsItStands() throws Exception {
        String example = blocks("<!-- example -->", "java").get(0).replace("target/example", temp + "/example");
        Path source = Files.writeString(temp.resolve("Example.java"), example);

        Outcome outcome = run("java", "-cp", DISTRIBUTION.resolve("lib") + "/*", source.toString());

        assertEquals(0, outcome.exit, outcome.out);
        assertTrue(outcome.out.contains("refused: "), outcome.out);
        assertTrue(outcome.out.contains("alice now:    70"), outcome.out);
        assertTrue(outcome.out.contains("alice before: 90"), outcome.out);
        assertTrue(outcome.out.contains("valid: true"), outcome.out);
    }

    /** The fenced blocks of the README that a mark stands before. */
    private static List<String> blocks(String mark, String language) throws IOException {
        List<String> blocks = new ArrayList<>();
        String readme = Files.readString(ROOT.resolve("README.md"));
        String fence = mark + "\n```" + language + "\n";
        for (int at = readme.indexOf(fence); at >= 0; at = readme.indexOf(fence, at + 1)) {
            int from = at + fence.length();
            blocks.add(readme.substring(from, readme.indexOf("```", from)));
        }
        return blocks;
    }

    private Outcome run(String... command) throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        String jdk = System.getProperty("java.home");
        environment.put("JAVA_HOME", jdk);
        environment.put("PATH", DISTRIBUTION.resolve("bin") + ":" + jdk + "/bin:" + environment.get("PATH"));
        environment.put("BLOCKDB_CDS", "off");
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Outcome(process.waitFor(), Files.readString(output, UTF_8));
    }
}

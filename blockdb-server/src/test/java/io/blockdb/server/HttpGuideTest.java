package io.blockdb.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockdb.server.config.ConfigReader;
import io.blockdb.server.config.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what the guide to the HTTP interface says, command by command, and compares what is printed, but for hashes, ids and times.
 * With {@code -Dblockdb.rewrite=true} it writes into the page what was printed instead.
 */
@Timeout(120)
class HttpGuideTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/http.md");
    private static final String ADDRESS = "127.0.0.1:8080";

    /** A command, and behind it what it prints; {@code follow}: it does not end by itself. */
    private static final Pattern STEP = Pattern.compile(
            "<!-- (start|run|follow) -->\n```sh\n(.*?)```\n(?:\n<!-- output -->\n```\n(.*?)```\n)?", Pattern.DOTALL);

    /** What is another one each time. */
    private static final List<Map.Entry<Pattern, String>> VARYING = List.of(
            Map.entry(Pattern.compile("[0-9a-f]{64}"), "HASH"),
            Map.entry(Pattern.compile("[0-9a-f]{32}"), "ID"),
            Map.entry(Pattern.compile("\\b1[0-9]{15}\\b"), "TIME"),
            Map.entry(Pattern.compile("[0-9a-f]{16}\\b"), "SHORT"),
            Map.entry(Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "TIME"),
            Map.entry(Pattern.compile("\"direct_reads\":(true|false)"), "\"direct_reads\":true"),
            Map.entry(Pattern.compile("\"verification_time_ms\":[0-9]+"), "\"verification_time_ms\":0"),
            Map.entry(Pattern.compile("\"[A-Za-z0-9_+/-]{60,}={0,2}\""), "\"OPAQUE\""),
            Map.entry(Pattern.compile("bd[bs]_[A-Za-z0-9_-]+"), "TOKEN"));

    @TempDir
    private Path temp;

    @Test
    void thePageIsTrue() throws Exception {
        assumeTrue(isThere("curl --version") && isThere("python3 --version"), "curl or Python is not here");
        String page = Files.readString(PAGE);
        StringBuilder rewritten = new StringBuilder();
        Server server = null;
        int steps = 0;
        try {
            Matcher step = STEP.matcher(page);
            while (step.find()) {
                String commands = step.group(2);
                String printed = null;
                if (step.group(1).equals("start")) {
                    if (server != null) {
                        server.close();
                    }
                    server = start(commands.strip());
                } else if (server != null) {
                    boolean follow = step.group(1).equals("follow");
                    String here = commands.replace(ADDRESS, "127.0.0.1:" + server.port());
                    String expected = step.group(3) == null ? "" : step.group(3);
                    printed = follow ? followed(here, lines(expected)) : run(here);
                    printed = printed.replace("127.0.0.1:" + server.port(), ADDRESS);
                    assertSame(commands, expected, printed);
                }
                steps++;
                step.appendReplacement(rewritten, Matcher.quoteReplacement(step(step, printed)));
            }
            step.appendTail(rewritten);
        } finally {
            if (server != null) {
                server.close();
            }
        }
        assertTrue(steps > 10, "the page has lost its steps");
        if (Boolean.getBoolean("blockdb.rewrite")) {
            Files.writeString(PAGE, rewritten.toString());
        }
    }

    private static long lines(String text) {
        return text.lines().count();
    }

    private static void assertSame(String commands, String expected, String printed) {
        if (!Boolean.getBoolean("blockdb.rewrite")) {
            assertEquals(plain(expected), plain(printed), commands);
        }
    }

    private static String plain(String text) {
        String plain = text.strip();
        for (Map.Entry<Pattern, String> varying : VARYING) {
            plain = varying.getKey().matcher(plain).replaceAll(varying.getValue());
        }
        return plain;
    }

    private static String step(Matcher step, String printed) {
        String whole = step.group();
        return step.group(3) == null || printed == null
                ? whole
                : whole.substring(0, step.start(3) - step.start()) + printed.strip() + "\n```\n";
    }

    /** What the command of the page would start, in this process and on a free port. */
    private Server start(String command) throws Exception {
        String[] words = command.split("\\s+");
        assertEquals("blockdb-server", words[0]);
        for (int i = 1; i < words.length; i++) {
            words[i] = words[i].replace("8080", "0").replace("./", temp + "/");
        }
        Arguments arguments =
                Arguments.parse(List.of(words).subList(1, words.length).toArray(new String[0]));
        ServerConfig config = new ConfigReader(arguments.settings(), Map.of(), arguments.file())
                .read()
                .config();
        return Server.start(config);
    }

    private boolean isThere(String command) throws IOException, InterruptedException {
        Process process =
                process(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        return process.waitFor() == 0;
    }

    private ProcessBuilder process(String commands) {
        String here = commands.replace("python3 tools/", "python3 -B '" + ROOT + "'/tools/");
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-euc", here).directory(temp.toFile()).redirectErrorStream(true);
        builder.environment().put("HOME", temp.toString());
        builder.environment().put("NO_PROXY", "*");
        return builder;
    }

    private String run(String commands) throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        Process process = process(commands).redirectOutput(output.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), commands);
        String printed = Files.readString(output);
        assertEquals(0, process.exitValue(), () -> commands + "\n" + printed);
        return printed;
    }

    /** The first lines of what a command prints that goes on; then it is ended. */
    private String followed(String commands, long lines) throws IOException {
        Process process = process("exec " + commands).start();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (long i = 0; i < lines; i++) {
                printed.append(reader.readLine()).append('\n');
            }
        } finally {
            process.destroy();
        }
        return printed.toString();
    }
}

package io.blockdb.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.security.AuditTrail;
import io.blockdb.server.security.RequestFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogsTest {
    private static final Logger LOG = LoggerFactory.getLogger("io.blockdb.test");

    @TempDir
    private Path temp;

    /** The log belongs to the process: the other tests get theirs back. */
    @AfterEach
    void restore() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.start();
        new ContextInitializer(context).autoConfig();
    }

    @Test
    void writesALineAnEvent() throws Exception {
        Logs logs = Logs.start(settings(Map.of()), null);
        LOG.info("key {} refused", "a\nb\u001b[31m");
        LOG.debug("not asked for");
        logs.stop();

        List<String> lines = lines();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(
                lines.get(0)
                        .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z INFO  \\[[^]]+] io.blockdb.test - key a \\| b\\?\\[31m"
                                + " refused"),
                lines.get(0));
    }

    @Test
    void theTrailOfRefusalsCanHaveAFileOfItsOwn() throws Exception {
        Path audit = temp.resolve("trail/audit.log");
        Logs logs = Logs.start(settings(Map.of("logging.level", "error")), audit);
        new AuditTrail()
                .refused(new RequestFacts("r-1", "GET", "/x\ny", "192.0.2.7", "Bearer secret"), 403, "", "may not");
        LOG.warn("not asked for");
        LOG.error("a mistake");
        logs.stop();

        List<String> refused = Files.readAllLines(audit);
        assertEquals(1, refused.size(), refused.toString());
        assertTrue(
                refused.get(0)
                        .endsWith(
                                "refused status=403 principal=- source=192.0.2.7 request=r-1 method=GET path=/x\\u000ay"
                                        + " reason=\"may not\""),
                refused.get(0));
        assertEquals(1, lines().size());
    }

    @Test
    void writesJson() throws Exception {
        Logs logs = Logs.start(settings(Map.of("logging.format", "json")), null);
        LOG.warn("said \"so\"");
        logs.stop();

        List<String> lines = lines();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("{\"timestamp\":"), lines.get(0));
        assertTrue(lines.get(0).contains("\"level\":\"WARN\""), lines.get(0));
        assertTrue(lines.get(0).contains("said \\\"so\\\""), lines.get(0));
    }

    @Test
    void levelsAreByLoggerAndCanChange() throws Exception {
        Logs logs = Logs.start(settings(Map.of("logging.level", "warn,io.blockdb.test.sub=trace")), null);
        LOG.info("no");
        LoggerFactory.getLogger("io.blockdb.test.sub.deep").trace("one");
        logs.levels(ServerConfig.of(Map.of("logging.level", "info")).logging().level());
        LOG.info("two");
        LoggerFactory.getLogger("io.blockdb.test.sub.deep").trace("no");
        LoggerFactory.getLogger("org.eclipse.jetty.x").info("of interest to nobody else");
        logs.stop();

        assertEquals(
                List.of("one", "two"),
                lines().stream().map(line -> line.substring(line.length() - 3)).toList());
    }

    /** Jetty writes at debug what arrives, byte by byte: tokens and passwords with it. */
    @Test
    void noLevelMakesTheLibrariesWriteWhatClientsSend() throws Exception {
        for (String level : List.of("debug", "trace", "warn,org=trace", "info,org.eclipse.jetty.http=trace")) {
            Logs logs = Logs.start(settings(Map.of("logging.level", level)), null);
            for (String name : List.of("org.eclipse.jetty.http.HttpParser", "org.eclipse.jetty.io", "io.javalin.x")) {
                assertFalse(LoggerFactory.getLogger(name).isDebugEnabled(), name + " at " + level);
            }
            logs.stop();
        }

        assertEquals(1, lines().size(), lines().toString());
        assertTrue(
                lines().get(0)
                        .endsWith("org.eclipse.jetty.http stays at info: below it writes what clients send, with"
                                + " tokens and passwords"),
                lines().get(0));
    }

    @Test
    void beginsANewFileWhenOneIsFull() throws Exception {
        Logs logs = Logs.start(settings(Map.of("logging.file_size", "64KB", "logging.files_kept", "1")), null);
        Path rolled = temp.resolve("logs/server.log.1.gz");
        String line = "x".repeat(1000);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(rolled) && System.nanoTime() < deadline) {
            LOG.info(line);
        }
        logs.stop();

        assertTrue(Files.exists(rolled), "rolled over");
        assertFalse(Files.exists(temp.resolve("logs/server.log.2.gz")), "no more are kept than asked for");
    }

    @Test
    void aFileThatCannotBeWrittenIsAnError() throws Exception {
        Files.writeString(temp.resolve("logs"), "a file where a directory is needed");

        assertThrows(IOException.class, () -> Logs.start(settings(Map.of()), null));
    }

    private ServerConfig.Logging settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("logging.file", temp.resolve("logs/server.log").toString());
        return ServerConfig.of(settings).logging();
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(temp.resolve("logs/server.log"));
    }
}

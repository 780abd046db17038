package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
    @TempDir
    private Path temp;

    @Test
    void aFlagGoesBeforeTheEnvironmentBeforeTheFileBeforeTheDefault() throws Exception {
        Path file = file("[server]", "port = 1", "host = 'from.file'", "max_connections = 7");
        Map<String, String> environment = Map.of("BLOCKDB_PORT", "2", "BLOCKDB_HOST", "from.environment");

        LoadedConfig loaded = new ConfigReader(Map.of("server.port", "3"), environment, file).read();

        assertEquals(3, loaded.config().server().port());
        assertEquals("from.environment", loaded.config().server().host());
        assertEquals(7, loaded.config().server().maxConnections());
        assertEquals(Duration.ofSeconds(30), loaded.config().server().requestTimeout());
        assertTrue(line(loaded, "port =").endsWith("# --port"), line(loaded, "port ="));
        assertTrue(line(loaded, "host =").endsWith("# BLOCKDB_HOST"), line(loaded, "host ="));
        assertTrue(line(loaded, "max_connections =").endsWith("settings.toml:4:1"), line(loaded, "max_connections ="));
        assertTrue(line(loaded, "request_timeout =").endsWith("# default"), line(loaded, "request_timeout ="));
    }

    @Test
    void everyKeptVariableIsRead() throws Exception {
        Map<String, String> environment = Map.of(
                "BLOCKDB_DATA_DIR", "/d",
                "BLOCKDB_LOG_LEVEL", "info,io.blockdb.raft=trace",
                "BLOCKDB_HOST", "h",
                "BLOCKDB_SERVER_PORT", "9",
                "BLOCKDB_CLUSTER_ID", "n3",
                "BLOCKDB_PEERS", "n4:a:1,n5:b:2",
                "BLOCKDB_CONFIG",
                        file("[logging]", "level = \"trace\"", "file = \"x.log\"")
                                .toString());

        ServerConfig config =
                new ConfigReader(Map.of(), environment, null).read().config();

        assertEquals(Path.of("/d"), config.database().dataDir());
        assertEquals("info,io.blockdb.raft=trace", config.logging().level().toString());
        assertEquals("h", config.server().host());
        assertEquals(9, config.server().port());
        assertEquals("n3", config.cluster().nodeId());
        assertEquals(
                List.of(new Peer("n4", "a", 1, 1001), new Peer("n5", "b", 2, 1002)),
                config.cluster().peers());
        assertEquals(Path.of("x.log"), config.logging().file());
        assertEquals(
                "n3", read(Map.of("BLOCKDB_NODE_ID", "n3")).config().cluster().nodeId());
        assertEquals(
                1 << 20,
                read(Map.of("BLOCKDB_LIMITS_BODY_SIZE", "1MB"))
                        .config()
                        .limits()
                        .bodySize());
    }

    @Test
    void saysEveryMistakeWithItsPlace() throws Exception {
        Path file = file(
                "require_security = true",
                "[server]",
                "  prot = 8080",
                "port = \"8080\"",
                "request_timeout = -1",
                "[sevrer]",
                "[limits]",
                "body_size = 1.5",
                "header_timeout = 30",
                "[logging]",
                "level = \"loud\"",
                "format = [\"json\"]",
                "[cluster]",
                "peers = [\"node2\"]");

        String text = mistakes(file);

        assertLine(text, ":1:1: 'require_security' stands in no table; it belongs under [server]");
        assertLine(text, ":3:3: unknown setting 'server.prot' (did you mean 'server.port'?)");
        assertLine(text, ":4:1: server.port must be a port from 0 to 65535, found \"8080\"");
        assertLine(
                text,
                ":5:1: server.request_timeout must be a time from 1ms to 1d (a number alone is seconds), found -1");
        assertLine(text, ":6:1: unknown table [sevrer] (did you mean [server]?)");
        assertLine(text, ":8:1: limits.body_size must be a size such as \"64MB\", from 1KB to 64MB, found 1.5");
        assertLine(text, ":9:1: limits.header_timeout must be a time such as \"30s\", from 100ms to 1h, found 30");
        assertLine(text, ":11:1: logging.level must be trace, debug");
        assertLine(text, ":12:1: logging.format must be \"plain\" or \"json\", found [");
        assertLine(text, ":14:1: cluster.peers must be a list of nodes");
        assertEquals(10, text.lines().count(), text);
    }

    @Test
    void saysSeveralSyntaxErrorsWithTheirPlaces() throws Exception {
        String text = mistakes(file("[server]", "port = ", "host = localhost", "port = 1"));

        assertLine(text, ":2:");
        assertLine(text, ":3:");
    }

    @Test
    void saysWhereASettingWasSetBefore() throws Exception {
        assertLine(
                mistakes(file("[server]", "port = 1", "port = 2")),
                "settings.toml:3:1: port previously defined at line 2");
    }

    @Test
    void namesTheFlagOrTheVariable() {
        ConfigReader reader = new ConfigReader(
                Map.of("server.port", "http"),
                Map.of("BLOCKDB_MEMTABLE_SIZE", "lots", "BLOCKDB_TLS_KEY_PASSWORD", "a"),
                null);

        List<String> mistakes =
                assertThrows(ConfigException.class, reader::read).mistakes();

        assertEquals(2, mistakes.size(), mistakes.toString());
        assertEquals("--port: server.port must be a port from 0 to 65535, found 'http'", mistakes.get(0));
        assertTrue(
                mistakes.get(1).startsWith("BLOCKDB_MEMTABLE_SIZE: database.memtable_size_limit must be"),
                mistakes.get(1));
    }

    @Test
    void aSecretComesFromTheEnvironmentAndIsShownNowhere() throws Exception {
        LoadedConfig loaded = read(Map.of("BLOCKDB_TLS_KEY_PASSWORD", "open sesame"));

        assertEquals("open sesame", loaded.config().tls().keyPassword());
        assertFalse(loaded.effective().contains("sesame"), loaded.effective());
        assertTrue(loaded.effective().contains("# key_password is set, and not shown"), loaded.effective());
        String refused = mistakes(file("[tls]", "key_password = \"sesame\""));
        assertLine(refused, "set BLOCKDB_TLS_KEY_PASSWORD, or name a file in tls.key_password_file");
        assertFalse(refused.contains("sesame"), refused);
    }

    @Test
    void whatDoesNotFitTogetherIsRefusedWhereItStands() throws Exception {
        String text = mistakes(file("[tls]", "certificate = \"c.pem\"", "client_auth = \"required\""));

        assertLine(text, "settings.toml:2:1: tls.certificate needs tls.key as well");
        assertLine(text, "settings.toml:3:1: tls.client_auth needs tls.client_ca");
    }

    @Test
    void variablesThatKubernetesSetsAreNoPorts() throws Exception {
        LoadedConfig loaded = read(Map.of("BLOCKDB_PORT", "tcp://10.0.0.1:8080"));

        assertEquals(8080, loaded.config().server().port());
        assertTrue(loaded.notes().get(0).startsWith("BLOCKDB_PORT=tcp://10.0.0.1:8080 is passed over"), "said");
    }

    @Test
    void aVariableThatIsNearlyOneOfOursIsSaid() throws Exception {
        LoadedConfig loaded =
                read(Map.of("BLOCKDB_DATADIR", "/x", "BLOCKDB_JAVA_OPTS", "-Xmx1g", "BLOCKDB_CDS", "off"));

        assertEquals(List.of("BLOCKDB_DATADIR sets nothing (did you mean BLOCKDB_DATA_DIR?)"), loaded.notes());
    }

    @Test
    void aFileThatIsNotTextIsRefused() throws Exception {
        Path file = Files.write(temp.resolve("settings.toml"), new byte[] {'a', (byte) 0xff});

        assertLine(mistakes(file), "is not UTF-8 text");
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        ConfigReader reader = new ConfigReader(Map.of(), Map.of(), temp.resolve("none.toml"));

        assertThrows(NoSuchFileException.class, reader::read);
    }

    private static LoadedConfig read(Map<String, String> environment) throws Exception {
        return new ConfigReader(Map.of(), environment, null).read();
    }

    private static String mistakes(Path file) {
        ConfigReader reader = new ConfigReader(Map.of(), Map.of(), file);
        return String.join(
                "\n", assertThrows(ConfigException.class, reader::read).mistakes());
    }

    private static void assertLine(String text, String part) {
        assertTrue(text.lines().anyMatch(line -> line.contains(part)), "wanted: " + part + "\nin:\n" + text);
    }

    private static String line(LoadedConfig loaded, String beginning) {
        return loaded.effective()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }

    private Path file(String... lines) throws IOException {
        return Files.writeString(temp.resolve("settings.toml"), String.join("\n", lines), StandardCharsets.UTF_8);
    }
}

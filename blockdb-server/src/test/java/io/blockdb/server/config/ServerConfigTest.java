package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.db.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
    @Test
    void theDefaultsAreThoseOfTheKeptCommands() {
        ServerConfig config = ServerConfig.defaults();

        assertEquals("127.0.0.1", config.server().host());
        assertEquals(8080, config.server().port());
        assertEquals(Path.of("./blockdb_data"), config.database().dataDir());
        assertEquals("node1", config.cluster().nodeId());
        assertEquals(List.of(), config.cluster().peers());
        assertEquals(Duration.ofSeconds(30), config.server().requestTimeout());
        assertEquals(Duration.ofHours(24), config.auth().sessionDuration());
        assertEquals(12 << 20, config.limits().bodySize());
    }

    @Test
    void theEngineGetsItsOwnDefaults() {
        assertEquals(
                Options.defaults().toString(), ServerConfig.defaults().options().toString());
    }

    @Test
    void theEngineGetsWhatIsSet() {
        Options options = ServerConfig.of(Map.of(
                        "database.memtable_size_limit", "1MB",
                        "database.wal_sync_interval", "5",
                        "database.anchor_path", "/somewhere/anchor",
                        "database.checkpoint_interval", "2m",
                        "cluster.node_id", "n7"))
                .options();

        assertEquals(1 << 20, options.memtableSizeLimit());
        assertEquals(5, options.walSyncIntervalMillis());
        assertEquals(Path.of("/somewhere/anchor"), options.anchorPath());
        assertEquals(120_000, options.checkpointIntervalMillis());
        assertEquals("n7", options.nodeName());
    }

    @Test
    void saysEverythingThatIsWrong() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> ServerConfig.of(
                        Map.of("server.port", "65536", "server.prot", "1", "cluster.heartbeat_interval", "400")));

        assertTrue(
                e.getMessage().contains("server.port must be a port from 0 to 65535, found '65536'"), e.getMessage());
        assertTrue(
                e.getMessage().contains("unknown setting 'server.prot' (did you mean 'server.port'?)"), e.getMessage());
        assertTrue(
                e.getMessage().contains("at most half of cluster.election_timeout, which is 500 ms"), e.getMessage());
    }

    @Test
    void aSecretIsInNoText() {
        ServerConfig config = ServerConfig.of(Map.of("tls.key_password", "open sesame"));

        assertEquals("open sesame", config.tls().keyPassword());
        assertTrue(!config.toString().contains("sesame"), config.toString());
    }

    @Test
    void anOwnEntryAmongThePeersIsIgnored() {
        ServerConfig config = ServerConfig.of(Map.of("cluster.peers", "node1:a:1, node2:b:2:7,node3:[::1]:3"));

        assertEquals(
                List.of(new Peer("node2", "b", 2, 7), new Peer("node3", "[::1]", 3, 1003)),
                config.cluster().peers());
    }
}

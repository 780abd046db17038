package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExposureTest {
    @Test
    void nobodyElseReachesLoopback() throws Exception {
        for (String host : List.of("127.0.0.1", "localhost", "::1")) {
            Exposure exposure = Exposure.of(ServerConfig.of(Map.of("server.host", host)));

            assertFalse(exposure.open(), host);
            assertEquals(Map.of(), exposure.warnings());
        }
    }

    @Test
    void anAddressThatOthersReachIsOpenWithoutTlsOrAuthentication() throws Exception {
        ServerConfig config = ServerConfig.of(Map.of("server.host", "0.0.0.0"));
        Exposure exposure = Exposure.of(config);

        assertTrue(exposure.open());
        assertEquals(2, exposure.warnings().size());
        assertTrue(exposure.refusal(config).contains("TLS (set tls.certificate and tls.key to PEM files) and"), "both");
    }

    @Test
    void withBothItIsClosed() throws Exception {
        Exposure exposure = Exposure.of(ServerConfig.of(
                Map.of("server.host", "0.0.0.0", "tls.certificate", "c", "tls.key", "k", "auth.enabled", "true")));

        assertFalse(exposure.open());
    }
}

package io.blockdb.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.http.Description;
import io.blockdb.server.http.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes that the server registers are those that its description has. */
class DescribedRoutesTest {
    @Test
    void everyRouteIsDescribedAndNothingElseIs(@TempDir Path directory) throws IOException {
        Map<String, String> described = new TreeMap<>();
        for (Description.Operation operation : new Description().operations().values()) {
            described.put(operation.method() + " " + operation.path(), operation.access());
            assertEquals(operation.access().equals("OPEN"), operation.open(), operation.id() + ": security");
        }
        Map<String, String> registered = new TreeMap<>();
        Map<String, String> settings = Map.of("server.port", "0", "database.data_dir", directory.toString());
        try (Server server = Server.start(ServerConfig.of(settings))) {
            for (Route route : server.routes()) {
                String path = route.template().replace('<', '{').replace('>', '}');
                registered.put(
                        route.method().name() + " " + path, route.access().name());
            }
        }
        assertEquals(lines(registered), lines(described));
    }

    private static String lines(Map<String, String> map) {
        StringBuilder lines = new StringBuilder();
        map.forEach((key, value) -> lines.append(key).append(": ").append(value).append('\n'));
        return lines.toString();
    }
}

package io.blockdb.client;

import io.blockdb.server.Server;
import io.blockdb.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The real server, in this process. */
final class Servers {
    private Servers() {}

    /** One on a free port of the loopback. */
    static Server start(Path directory) throws IOException {
        return Server.start(ServerConfig.of(Map.of("database.data_dir", directory.toString(), "server.port", "0")));
    }
}

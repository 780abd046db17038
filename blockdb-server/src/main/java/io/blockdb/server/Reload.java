package io.blockdb.server;

import io.blockdb.server.config.ConfigException;
import io.blockdb.server.config.ConfigReader;
import io.blockdb.server.config.FileFailure;
import io.blockdb.server.config.LoadedConfig;
import io.blockdb.server.security.tls.Certificates;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGHUP does: reads the settings again and takes up those that can change while the server runs, the levels of the log
 * and the certificates. If any setting is wrong, or a file cannot be used, everything stays as it was.
 *
 * <p>Threading: one reload at a time.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final ConfigReader reader;
    private final LoadedConfig started;
    private final Logs logs;
    private final Server server;

    Reload(ConfigReader reader, LoadedConfig started, Logs logs, Server server) {
        this.reader = reader;
        this.started = started;
        this.logs = logs;
        this.server = server;
    }

    /** Reloads; what went wrong stands in the log. */
    synchronized void run() {
        try {
            LoadedConfig loaded = reader.read();
            boolean tls = started.config().tls().enabled();
            Certificates certificates = Certificates.read(
                    tls ? loaded.config().tls() : started.config().tls(),
                    InstantSource.system().instant());
            if (tls && certificates == null) {
                LOG.warn("tls.certificate is not set any more; TLS stays on until the server is restarted");
            }
            logs.levels(loaded.config().logging().level());
            server.reload(certificates);
            if (certificates != null) {
                certificates.warnings().forEach(LOG::warn);
                LOG.info("certificate taken up: {}", certificates.description());
            }
            List<String> waiting = started.differences(loaded).stream()
                    .filter(setting -> !setting.equals("logging.level") && !(tls && setting.startsWith("tls.")))
                    .toList();
            if (!waiting.isEmpty()) {
                LOG.warn("changed, but in force only after a restart: {}", String.join(", ", waiting));
            }
            LOG.info(
                    "settings reloaded; log level {}", loaded.config().logging().level());
        } catch (ConfigException e) {
            e.mistakes().forEach(mistake -> LOG.error("not reloaded, everything stays as it was: {}", mistake));
        } catch (IOException | RuntimeException e) {
            LOG.error("not reloaded, everything stays as it was: {}", FileFailure.text(e));
        }
    }
}

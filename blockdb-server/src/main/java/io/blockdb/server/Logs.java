package io.blockdb.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import io.blockdb.server.config.LogFormat;
import io.blockdb.server.config.LogLevels;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.security.AuditTrail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log of the process, set up by the settings and by no file of Logback's: there is one place to look.
 *
 * <p>Threading: any thread.
 */
final class Logs {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Logs.class);

    /** What a client sends may be part of a message: it must not look like a line of its own, nor steer a terminal. */
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level [%thread] %logger{36} -"
            + " %replace(%replace(%msg){'\\r?\\n', ' | '}){'\\p{Cntrl}', '?'}%n%ex";

    /** Libraries that tell at info what is of interest to nobody else. */
    private static final List<String> TALKATIVE = List.of("org.eclipse.jetty", "io.javalin", "net.openhft");

    /** Those of them that write below info what clients send: headers and bodies, with the tokens and passwords in them. */
    private static final List<String> SEE_SECRETS = List.of("org.eclipse.jetty", "io.javalin");

    private static final Duration SIZE_CHECKED_EVERY = Duration.buildBySeconds(1);

    private final LoggerContext context;
    /** Whether the trail of refused requests has a file of its own: then it is written whatever the log leaves out. */
    private final boolean auditsApart;

    private Logs(LoggerContext context, boolean auditsApart) {
        this.context = context;
        this.auditsApart = auditsApart;
    }

    /**
     * Sets the log up.
     *
     * @param auditFile file of the trail of refused requests; null: it goes into the log
     * @throws IOException if a file cannot be written
     */
    static Logs start(ServerConfig.Logging settings, @Nullable Path auditFile) throws IOException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Path file = settings.file();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .addAppender(started(context, settings, file, "logging.file"));
        if (auditFile != null) {
            Logger audit = context.getLogger(AuditTrail.LOGGER);
            audit.addAppender(started(context, settings, auditFile, "auth.audit_file"));
            audit.setAdditive(false);
        }
        Logs logs = new Logs(context, auditFile != null);
        logs.levels(settings.level());
        return logs;
    }

    private static OutputStreamAppender<ILoggingEvent> started(
            LoggerContext context, ServerConfig.Logging settings, @Nullable Path file, String setting)
            throws IOException {
        OutputStreamAppender<ILoggingEvent> appender =
                file == null ? console(context) : file(context, file.toAbsolutePath(), settings);
        appender.setContext(context);
        appender.setEncoder(encoder(context, settings.format()));
        appender.start();
        if (!appender.isStarted()) {
            throw new IOException(setting + ": " + file + " cannot be written" + cause(context));
        }
        return appender;
    }

    private static OutputStreamAppender<ILoggingEvent> console(LoggerContext context) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        return appender;
    }

    private static OutputStreamAppender<ILoggingEvent> file(
            LoggerContext context, Path file, ServerConfig.Logging settings) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setFile(file.toString());
        FixedWindowRollingPolicy kept = new FixedWindowRollingPolicy();
        kept.setContext(context);
        kept.setParent(appender);
        kept.setFileNamePattern(file.toString().replace("%", "\\%") + ".%i.gz");
        kept.setMinIndex(1);
        kept.setMaxIndex(settings.filesKept());
        kept.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> full = new SizeBasedTriggeringPolicy<>();
        full.setContext(context);
        full.setCheckIncrement(SIZE_CHECKED_EVERY);
        full.setMaxFileSize(new FileSize(settings.fileSize()));
        full.start();
        appender.setRollingPolicy(kept);
        appender.setTriggeringPolicy(full);
        return appender;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
        if (format == LogFormat.JSON) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.setWithSequenceNumber(false);
            encoder.setWithNanoseconds(false);
            encoder.setWithContext(false);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithFormattedMessage(true);
            encoder.start();
            return encoder;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static String cause(LoggerContext context) {
        return context.getStatusManager().getCopyOfStatusList().stream()
                .filter(status -> status.getEffectiveLevel() == Status.ERROR)
                .map(status -> ": " + status.getMessage())
                .reduce("", (first, last) -> last);
    }

    /** Sets what each logger says from now on. */
    void levels(LogLevels levels) {
        for (Logger logger : context.getLoggerList()) {
            logger.setLevel(logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? level(levels.root()) : null);
        }
        Level quiet = level(levels.root()).isGreaterOrEqual(Level.WARN) ? level(levels.root()) : Level.WARN;
        TALKATIVE.forEach(name -> context.getLogger(name).setLevel(quiet));
        if (auditsApart) {
            context.getLogger(AuditTrail.LOGGER).setLevel(Level.INFO);
        }
        for (Map.Entry<String, LogLevels.Level> named : levels.named().entrySet()) {
            Level asked = level(named.getValue());
            if (seesSecrets(named.getKey()) && !asked.isGreaterOrEqual(Level.INFO)) {
                context.getLogger(named.getKey()).setLevel(Level.INFO);
                LOG.warn(
                        "{} stays at info: below it writes what clients send, with tokens and passwords",
                        named.getKey());
            } else {
                context.getLogger(named.getKey()).setLevel(asked);
            }
        }
    }

    private static boolean seesSecrets(String logger) {
        return SEE_SECRETS.stream().anyMatch(name -> logger.equals(name) || logger.startsWith(name + "."));
    }

    private static Level level(LogLevels.Level level) {
        return Level.toLevel(level.name().toUpperCase(Locale.ROOT));
    }

    /** Writes what is left, and closes the file. */
    void stop() {
        context.stop();
    }
}

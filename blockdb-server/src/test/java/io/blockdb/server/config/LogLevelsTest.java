package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
    @Test
    void readsALevelAndThoseOfLoggers() {
        assertEquals(
                Optional.of(new LogLevels(LogLevels.Level.WARN, Map.of("io.blockdb.raft", LogLevels.Level.TRACE))),
                LogLevels.parse("warn, io.blockdb.raft = trace"));
        assertEquals(Optional.of(new LogLevels(LogLevels.Level.WARN, Map.of())), LogLevels.parse("WARNING"));
        assertEquals(
                Optional.of(new LogLevels(LogLevels.Level.INFO, Map.of("a", LogLevels.Level.OFF))),
                LogLevels.parse("a=off"));
        assertEquals(Optional.of(new LogLevels(LogLevels.Level.DEBUG, Map.of())), LogLevels.parse("root=debug"));
    }

    @Test
    void isWrittenAsItIsRead() {
        String text = "info,io.blockdb.db=debug,io.blockdb.Raft=trace";

        assertEquals(text, LogLevels.parse(text).map(LogLevels::toString).orElse("none"));
    }

    @Test
    void anythingElseIsNone() {
        for (String none : List.of("", "loud", "info,", "info,debug", "a b=info", "=info", "io.blockdb=")) {
            assertEquals(Optional.empty(), LogLevels.parse(none), none);
        }
    }
}

package io.blockdb.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every workload runs on every engine, and finds what was written. */
class SessionTest {
    private static final long ENTRIES = 1_000;
    private static final List<Workload> ORDER = List.of(
            Workload.FILLSYNC,
            Workload.FILLSYNC8,
            Workload.FILLSYNC64,
            Workload.FILLBATCHSYNC,
            Workload.FILLBATCH,
            Workload.FILLRANDOMONCE,
            Workload.READRANDOM,
            Workload.FILLSEQ,
            Workload.SCAN,
            Workload.FILLRANDOM,
            Workload.READRANDOM,
            Workload.READRANDOM2,
            Workload.READMISSING,
            Workload.SEEKRANDOM,
            Workload.SCAN,
            Workload.VERIFY,
            Workload.OPEN,
            Workload.OVERWRITE,
            Workload.READWHILEWRITING,
            Workload.OPENCRASHED);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void everyWorkloadRuns(EngineKind engine) throws Exception {
        EngineSettings settings = new EngineSettings(false, false, 100, 1 << 20, 8 << 20, 1000);
        SessionOptions options = new SessionOptions(engine, settings, ENTRIES, 10, 0.1, 1);
        List<Measurement> found = new ArrayList<>();
        try (Session session = new Session(options, directory.resolve("data"), 1)) {
            session.run(ORDER, found::add);
        }

        boolean verifies =
                engine == EngineKind.BLOCKDB || engine == EngineKind.ROCKSDB || engine == EngineKind.ROCKSDB_DEFAULT;
        assertEquals(ORDER.size() - (verifies ? 0 : 1), found.size());
        for (Measurement measurement : found) {
            assertEquals(engine.toString(), measurement.engine());
            assertTrue(measurement.operations() > 0, measurement::toString);
            assertTrue(measurement.perSecond() > 0, measurement::toString);
            assertTrue(measurement.maxMicros() >= measurement.p50Micros(), measurement::toString);
        }
        Measurement crashed = found.get(found.size() - 1);
        // MVStore keeps what is not committed on the heap, and has none of it after a crash.
        if (engine != EngineKind.MVSTORE) {
            assertEquals(0, crashed.extra().get("lost"), "acknowledged puts that a killed process took along");
        }
    }
}

package io.blockdb.db;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.DiskFileSystem;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One list of operations under many sets of options: all answers equal those of a model, so they equal each other. More with
 * {@code -Dblockdb.metamorphic.rounds}.
 */
class MetamorphicTest {
    private static final int ROUNDS = Integer.getInteger("blockdb.metamorphic.rounds", 2);
    private static final int OPTION_SETS = 5;

    @Test
    void answersDoNotDependOnOptions() throws IOException {
        Random random = Seed.random();
        long compactions = 0;
        int deepestLevel = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<Script.Step> script = Script.draw(random, 1500, ScriptRun.CLOCK_BEGIN);
            for (int set = 0; set < OPTION_SETS; set++) {
                MemoryFileSystem fileSystem = new MemoryFileSystem();
                ScriptRun run = new ScriptRun(fileSystem, Path.of("/data"), new Random(random.nextLong()));
                run.run(script);
                fileSystem.assertNoOpenFiles();
                compactions += run.compactions();
                deepestLevel = Math.max(deepestLevel, run.deepestLevel());
            }
        }
        assertTrue(compactions > 0 && deepestLevel > 0, "the scripts are too small to be compacted");
    }

    @Test
    void answersDoNotDependOnOptionsOnDisk(@TempDir Path directory) throws IOException {
        Random random = Seed.random();
        List<Script.Step> script = Script.draw(random, 300, ScriptRun.CLOCK_BEGIN);
        for (int set = 0; set < 2; set++) {
            new ScriptRun(new DiskFileSystem(), directory.resolve("data" + set), new Random(random.nextLong()))
                    .run(script);
        }
    }
}

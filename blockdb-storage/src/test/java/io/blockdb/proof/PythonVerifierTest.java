package io.blockdb.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The stand-alone verifier in Python judges every vector as it should; left out where there is no Python. */
class PythonVerifierTest {
    @Test
    void everyVectorIsJudgedAsItShould() throws Exception {
        assumeTrue(hasPython(), "no python3");
        Process process = new ProcessBuilder(
                        "python3",
                        "-B",
                        "../tools/verify_receipt_test.py",
                        Path.of("src/test/resources/vectors/ledger-v1.json").toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("Ran 8 tests"), output);
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}

package io.blockdb.db;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import io.blockdb.io.MemoryFileSystem;
import io.blockdb.proof.Checkpoint;
import io.blockdb.proof.CheckpointVerifier;
import io.blockdb.proof.ProofException;
import io.blockdb.proof.ProofExportChecker;
import io.blockdb.proof.Signer;
import io.blockdb.proof.VerifierKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger in one file: what it proves, and that no change of it goes unseen. */
class ProofExportTest {
    private final Random random = Seed.random();
    private final MemoryFileSystem files = new MemoryFileSystem();
    private final Workload workload = new Workload(files, random.nextLong(), 0);
    private List<String> lines = new ArrayList<>();
    private VerifierKey key = EngineFixture.key(1);
    private long entries;

    @BeforeEach
    void export() throws IOException {
        workload.open();
        workload.createTables();
        workload.write(12);
        BlockDb db = workload.db();
        Checkpoint checkpoint = db.checkpoint();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entries = db.exportProofs(checkpoint, out, (done, total) -> {});
        key = db.keys().get(0).key();
        workload.close();
        lines = new ArrayList<>(out.toString(UTF_8).lines().toList());
    }

    private ProofExportChecker.Result check(List<String> text, VerifierKey trusted) throws ProofException {
        ProofExportChecker checker = new ProofExportChecker(new CheckpointVerifier(List.of(Signer.of(trusted)), 1));
        for (String line : text) {
            checker.line(line.getBytes(UTF_8));
        }
        return checker.finish();
    }

    private void refused(List<String> text, String what) {
        assertThrows(ProofException.class, () -> check(text, key), what);
    }

    @Test
    void aWholeExportHolds() throws ProofException {
        ProofExportChecker.Result result = check(lines, key);
        assertEquals(workload.blocks(), result.blocks());
        assertEquals(entries, result.entries());
        assertEquals(entries, result.values() + result.deletes());
        assertEquals(0, result.erased());
        assertEquals(entries + result.blocks() + 3, lines.size());
    }

    @Test
    void anotherKeyRefusesIt() {
        assertThrows(ProofException.class, () -> check(lines, EngineFixture.key(1)));
    }

    @Test
    void anyChangedCharacterIsRefused() {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            for (int at = 0; at < line.length(); at += 1 + random.nextInt(4)) {
                List<String> bad = new ArrayList<>(lines);
                char c = (char) (line.charAt(at) ^ 1 << random.nextInt(5));
                bad.set(i, line.substring(0, at) + c + line.substring(at + 1));
                refused(bad, "line " + i + " at " + at + ": " + bad.get(i));
            }
        }
    }

    @Test
    void anyFieldThatIsMissingNullOrDoubledIsRefused() {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String[] fields = line.substring(1, line.length() - 1).split(",(?=\")");
            for (int f = 0; f < fields.length; f++) {
                List<String> without = new ArrayList<>(List.of(fields));
                String field = without.remove(f);
                List<String> bad = new ArrayList<>(lines);
                bad.set(i, "{" + String.join(",", without) + "}");
                refused(bad, bad.get(i));
                bad.set(i, line.substring(0, line.length() - 1) + "," + field + "}");
                refused(bad, bad.get(i));
                if (!field.endsWith(":null")) {
                    bad.set(i, line.replace(field, field.substring(0, field.indexOf(':') + 1) + "null"));
                    refused(bad, bad.get(i));
                }
            }
        }
    }

    @Test
    void linesThatAreDroppedDoubledOrExchangedAreRefused() {
        for (int i = 0; i < lines.size(); i++) {
            List<String> dropped = new ArrayList<>(lines);
            dropped.remove(i);
            refused(dropped, "without line " + i);
            List<String> doubled = new ArrayList<>(lines);
            doubled.add(i, lines.get(i));
            refused(doubled, "line " + i + " twice");
            int other = random.nextInt(lines.size());
            if (!lines.get(i).equals(lines.get(other))) {
                List<String> exchanged = new ArrayList<>(lines);
                java.util.Collections.swap(exchanged, i, other);
                refused(exchanged, "lines " + i + " and " + other + " exchanged");
            }
        }
        assertTrue(lines.size() > 20);
    }
}

package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A consistency proof as it is handed over: {@code {"old_size":m,"new_size":n,"proof":["base64",…],"checkpoint":"the newer
 * note"}}. The checkpoint may be left out, where it comes by another way. Parsed as strictly as a {@link Receipt}.
 *
 * @param proof the sizes and the hashes
 * @param checkpoint the newer checkpoint's note, or null
 */
public record GrowthProof(ConsistencyProof proof, @Nullable String checkpoint) {
    /**
     * Parses the JSON form.
     *
     * @param json UTF-8
     * @throws MalformedException if the form is not that
     */
    public static GrowthProof parse(byte[] json) throws MalformedException {
        JsonReader reader = new JsonReader(JsonReader.decode(json));
        Set<String> seen = new HashSet<>();
        long oldSize = 0;
        long newSize = 0;
        List<Hash> path = List.of();
        String checkpoint = null;
        reader.expect('{');
        if (!reader.accept('}')) {
            do {
                String name = reader.string();
                reader.expect(':');
                if (!seen.add(name)) {
                    throw new MalformedException("consistency proof has the field '" + name + "' twice");
                }
                switch (name) {
                    case "old_size" -> oldSize = reader.number();
                    case "new_size" -> newSize = reader.number();
                    case "proof" -> path = Receipt.hashes(reader.strings(), name);
                    case "checkpoint" -> checkpoint = reader.string();
                    default -> throw new MalformedException("consistency proof has the unknown field '" + name + "'");
                }
            } while (reader.accept(','));
            reader.expect('}');
        }
        reader.end();
        List<String> missing = new ArrayList<>(List.of("old_size", "new_size", "proof"));
        missing.removeAll(seen);
        if (!missing.isEmpty()) {
            throw new MalformedException("consistency proof lacks " + String.join(", ", missing));
        }
        return new GrowthProof(new ConsistencyProof(oldSize, newSize, path), checkpoint);
    }

    /** The JSON form, without white space. */
    public String toJson() {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"old_size\":").append(proof.oldSize());
        json.append(",\"new_size\":").append(proof.newSize());
        Receipt.appendHashes(json, "proof", proof.path());
        if (checkpoint != null) {
            Receipt.appendString(json, "checkpoint", checkpoint);
        }
        return json.append('}').toString();
    }

    /**
     * Checks that the newer checkpoint's ledger begins with the older one's. That the notes are signed is for
     * {@link CheckpointVerifier}.
     *
     * @throws ProofException if this does not prove it, or is of other checkpoints
     */
    public void verify(Checkpoint older, Checkpoint newer) throws ProofException {
        String problem = null;
        if (!older.origin().equals(newer.origin())) {
            problem = "the checkpoints are of two ledgers, '" + older.origin() + "' and '" + newer.origin() + "'";
        } else if (older.treeSize() != proof.oldSize() || newer.treeSize() != proof.newSize()) {
            problem = "the proof is from " + proof.oldSize() + " to " + proof.newSize()
                    + " blocks, the checkpoints are of " + older.treeSize() + " and " + newer.treeSize();
        } else if (!proof.proves(older.root(), newer.root())) {
            problem = "the proof does not lead from the older root to the newer one";
        }
        if (problem != null) {
            throw new ProofException(ProofException.Step.CONSISTENCY, problem);
        }
    }
}

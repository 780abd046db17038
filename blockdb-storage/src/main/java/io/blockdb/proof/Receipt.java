package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client keeps of one entry, so that anybody can check later that it stands in the ledger (LEDGER.md, section Receipt).
 * Its form is right; whether it holds is for {@link ReceiptVerifier}.
 *
 * <p>The arrays are not copied and must not be changed.
 *
 * @param table the table
 * @param key the key, 1 to 64,000 bytes
 * @param value the value; null where it is withheld or erased, and of a delete
 * @param salt the value's salt, empty where it has none; null just where the value is
 * @param sequence number of the entry in the ledger
 * @param height number of its block
 * @param entry the entry's leaf data
 * @param entryIndex place of the entry in its block
 * @param entryPath proves that the entry stands in the block
 * @param header the block's header, as it is hashed
 * @param blockPath proves that the block stands in the tree of the checkpoint
 * @param checkpoint the signed note, whole
 */
public record Receipt(
        String table,
        byte[] key,
        byte @Nullable [] value,
        byte @Nullable [] salt,
        long sequence,
        long height,
        byte[] entry,
        long entryIndex,
        List<Hash> entryPath,
        byte[] header,
        List<Hash> blockPath,
        String checkpoint) {
    /** The form's version. */
    public static final int VERSION = 1;

    private static final int FIELDS = 13;

    /** Copies the paths. */
    public Receipt {
        entryPath = List.copyOf(entryPath);
        blockPath = List.copyOf(blockPath);
    }

    /**
     * Parses the JSON form, strictly: exactly the fields of LEDGER.md, in any order.
     *
     * @param json UTF-8
     * @throws MalformedException if the form is not that
     */
    public static Receipt parse(byte[] json) throws MalformedException {
        return parse(JsonReader.decode(json));
    }

    /**
     * Parses the JSON form, strictly: exactly the fields of LEDGER.md, in any order.
     *
     * @throws MalformedException if the form is not that
     */
    public static Receipt parse(String json) throws MalformedException {
        JsonReader reader = new JsonReader(json);
        Fields fields = new Fields();
        Set<String> seen = new HashSet<>();
        reader.expect('{');
        if (!reader.accept('}')) {
            do {
                String name = reader.string();
                reader.expect(':');
                if (!seen.add(name)) {
                    throw new MalformedException("receipt has the field '" + name + "' twice");
                }
                fields.read(name, reader);
            } while (reader.accept(','));
            reader.expect('}');
        }
        reader.end();
        if (seen.size() != FIELDS) {
            throw new MalformedException("receipt has " + seen.size() + " of its " + FIELDS + " fields");
        }
        return fields.receipt();
    }

    /** The fields as they are read. */
    private static final class Fields {
        private static final byte[] NONE = {};

        private String table = "";
        private byte[] key = NONE;
        private byte @Nullable [] value;
        private byte @Nullable [] salt;
        private long sequence;
        private long height;
        private byte[] entry = NONE;
        private long entryIndex;
        private List<Hash> entryPath = List.of();
        private byte[] header = NONE;
        private List<Hash> blockPath = List.of();
        private String checkpoint = "";

        void read(String name, JsonReader reader) throws MalformedException {
            switch (name) {
                case "version" -> checkVersion(reader.number());
                case "table" -> table = reader.string();
                case "key" -> key = CanonicalBase64.decode(reader.string(), name);
                case "value" -> value = bytesOrNull(reader.stringOrNull(), name);
                case "salt" -> salt = bytesOrNull(reader.stringOrNull(), name);
                case "sequence" -> sequence = reader.number();
                case "height" -> height = reader.number();
                case "entry" -> entry = CanonicalBase64.decode(reader.string(), name);
                case "entry_index" -> entryIndex = reader.number();
                case "entry_path" -> entryPath = hashes(reader.strings(), name);
                case "header" -> header = CanonicalBase64.decode(reader.string(), name);
                case "block_path" -> blockPath = hashes(reader.strings(), name);
                case "checkpoint" -> checkpoint = reader.string();
                default -> throw new MalformedException("receipt has the field '" + name + "', which is unknown");
            }
        }

        private static void checkVersion(long version) throws MalformedException {
            if (version > VERSION && version <= Integer.MAX_VALUE) {
                throw MalformedException.tooNew("receipt version", (int) version, VERSION);
            }
            if (version != VERSION) {
                throw new MalformedException("receipt version is " + version + ", not " + VERSION);
            }
        }

        private static byte @Nullable [] bytesOrNull(@Nullable String text, String name) throws MalformedException {
            return text == null ? null : CanonicalBase64.decode(text, name);
        }

        Receipt receipt() {
            return new Receipt(
                    table,
                    key,
                    value,
                    salt,
                    sequence,
                    height,
                    entry,
                    entryIndex,
                    entryPath,
                    header,
                    blockPath,
                    checkpoint);
        }
    }

    /** Hashes from their texts, of a field of that name. */
    static List<Hash> hashes(List<String> texts, String name) throws MalformedException {
        List<Hash> hashes = new ArrayList<>(texts.size());
        for (String text : texts) {
            byte[] hash = CanonicalBase64.decode(text, name);
            if (hash.length != Hash.LENGTH) {
                throw new MalformedException(name + " has a hash of " + hash.length + " bytes, not " + Hash.LENGTH);
            }
            hashes.add(Hash.of(hash));
        }
        return hashes;
    }

    /** This receipt with a value, where it withholds one. */
    public Receipt withValue(byte[] given, byte[] givenSalt) {
        return new Receipt(
                table,
                key,
                given,
                givenSalt,
                sequence,
                height,
                entry,
                entryIndex,
                entryPath,
                header,
                blockPath,
                checkpoint);
    }

    /** This receipt without its value: it proves the entry, not what was written. */
    public Receipt withheld() {
        return new Receipt(
                table, key, null, null, sequence, height, entry, entryIndex, entryPath, header, blockPath, checkpoint);
    }

    /** The JSON form: one object without white space, its fields in the order of LEDGER.md. */
    public String toJson() {
        StringBuilder json =
                new StringBuilder(1024 + 2 * (key.length + entry.length + (value == null ? 0 : value.length)));
        json.append("{\"version\":").append(VERSION);
        appendString(json, "table", table);
        appendBytes(json, "key", key);
        appendBytes(json, "value", value);
        appendBytes(json, "salt", salt);
        json.append(",\"sequence\":").append(sequence);
        json.append(",\"height\":").append(height);
        appendBytes(json, "entry", entry);
        json.append(",\"entry_index\":").append(entryIndex);
        appendHashes(json, "entry_path", entryPath);
        appendBytes(json, "header", header);
        appendHashes(json, "block_path", blockPath);
        appendString(json, "checkpoint", checkpoint);
        return json.append('}').toString();
    }

    /** As {@link #toJson}, in UTF-8. */
    public byte[] toJsonBytes() {
        return toJson().getBytes(StandardCharsets.UTF_8);
    }

    private static StringBuilder appendName(StringBuilder json, String name) {
        return json.append(",\"").append(name).append("\":");
    }

    private static void appendBytes(StringBuilder json, String name, byte @Nullable [] bytes) {
        appendName(json, name);
        if (bytes == null) {
            json.append("null");
        } else {
            json.append('"').append(CanonicalBase64.encode(bytes)).append('"');
        }
    }

    static void appendHashes(StringBuilder json, String name, List<Hash> hashes) {
        appendName(json, name).append('[');
        for (int i = 0; i < hashes.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"");
            json.append(CanonicalBase64.encode(hashes.get(i).toBytes())).append('"');
        }
        json.append(']');
    }

    static void appendString(StringBuilder json, String name, String text) {
        appendName(json, name).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n') {
                json.append("\\n");
            } else if (c < 0x20) {
                json.append("\\u%04x".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Which entry it is of; the proof is not shown. */
    @Override
    public String toString() {
        return "Receipt[sequence " + sequence + ", height " + height + ", table " + table + "]";
    }
}

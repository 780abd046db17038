package io.blockdb.sstable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.blockdb.base.EntryCursor;
import io.blockdb.base.TableName;
import io.blockdb.io.MemoryFileSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Files that version 1 wrote must be read for ever. The golden files are never written again; LZ4 may compress the same
 * page to other bytes one day, so only the file without compression must come out equal.
 */
final class SstableGoldenTest {
    private static final Path FILE = Path.of("/000042.sst");

    /** 2 tables, 150 keys, of every third 3 revisions; values that compress and values that do not. */
    private static Oracle content() {
        Oracle oracle = new Oracle();
        long noise = 1;
        long sequence = 0;
        for (int i = 0; i < 150; i++) {
            TableName table = i % 2 == 0 ? TableName.DEFAULT : TableName.of("größe");
            byte[] key = table.indexKey("key-%05d".formatted(i * 7).getBytes(StandardCharsets.UTF_8));
            for (int revision = 0; revision < (i % 3 == 0 ? 3 : 1); revision++) {
                byte[] value = new byte[i % 40];
                for (int at = 0; i > 75 && at < value.length; at++) {
                    noise = noise * 6364136223846793005L + 1442695040888963407L;
                    value[at] = (byte) (noise >>> 56);
                }
                oracle.entries.put(new Oracle.At(key, sequence++), value);
            }
        }
        return oracle;
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = SstableGoldenTest.class.getResourceAsStream(name)) {
            assertNotNull(in, name);
            return in.readAllBytes();
        }
    }

    @Test
    void readsWhatVersionOneWrote() throws IOException {
        for (String name : new String[] {"sstable-v1-raw.sst", "sstable-v1-lz4.sst"}) {
            MemoryFileSystem files = new MemoryFileSystem();
            files.setContent(FILE, golden(name));
            Oracle oracle = content();
            try (Sstable table = Sstable.open(files, FILE, 42, new PageCache(1 << 20));
                    EntryCursor cursor = table.cursor()) {
                table.verify();
                assertEquals(oracle.entries.size(), table.summary().entries());
                boolean at = cursor.first();
                for (Map.Entry<Oracle.At, byte[]> entry : oracle.entries.entrySet()) {
                    Oracle.assertAt(entry, cursor, at);
                    assertNotNull(table.get(entry.getKey().key(), entry.getKey().sequence()));
                    at = cursor.next();
                }
            }
        }
    }

    @Test
    void writesWhatVersionOneWrote() throws IOException {
        MemoryFileSystem files = new MemoryFileSystem();
        content().write(files, FILE, 42, new SstableOptions(256, 4, 12, false));
        assertArrayEquals(golden("sstable-v1-raw.sst"), files.content(FILE));
    }
}

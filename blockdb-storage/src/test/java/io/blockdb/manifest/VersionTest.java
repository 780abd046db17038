package io.blockdb.manifest;

import static io.blockdb.manifest.Versions.LEDGER;
import static io.blockdb.manifest.Versions.bytes;
import static io.blockdb.manifest.Versions.file;
import static io.blockdb.manifest.Versions.point;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The rules of a version, its lookups against a walk over all files, and its edits. */
final class VersionTest {
    @Test
    void findsWhatAWalkOverAllFilesFinds() {
        Random random = Seed.random();
        for (int round = 0; round < 200; round++) {
            List<SstableInfo> files = new ArrayList<>();
            int key = 0;
            int count = random.nextInt(30);
            for (int number = 1; number <= count; number++) {
                int from = key + random.nextInt(3);
                int to = from + random.nextInt(3);
                key = to + 1;
                files.add(file(number, 1, text(from), text(to), 0, 9));
            }
            Version version = new Version(1, files, null, null, 100, 0);
            for (int i = 0; i < key + 3; i++) {
                byte[] sought = bytes(text(i));
                List<SstableInfo> covering =
                        files.stream().filter(file -> file.covers(sought)).toList();
                assertTrue(covering.size() <= 1);
                assertEquals(covering.isEmpty() ? null : covering.get(0), version.fileFor(1, sought));
                byte[] to = bytes(text(i + random.nextInt(10)));
                assertEquals(
                        files.stream().filter(file -> file.overlaps(sought, to)).toList(),
                        version.overlapping(1, sought, to));
            }
        }
    }

    private static String text(int key) {
        return "k%04d".formatted(key);
    }

    @Test
    void putsFilesIntoOrder() {
        Version version = Versions.golden();
        assertEquals(
                List.of(12L, 11L, 5L, 6L, 3L),
                version.files().stream().map(SstableInfo::fileNumber).toList());
        assertEquals(2023, version.totalBytes(0));
        assertEquals(5037, version.totalBytes());
        assertEquals(1, version.overlapping(0, bytes("_a"), bytes("_z")).size());
    }

    @Test
    void refusesWhatBreaksARule() {
        assertRefused(List.of(file(1, 1, "a", "c", 0, 9), file(2, 1, "c", "d", 0, 9)));
        assertRefused(List.of(file(1, 2, "a", "z", 0, 9), file(2, 2, "c", "d", 0, 9)));
        assertRefused(List.of(file(1, 1, "a", "b", 0, 9), file(1, 2, "c", "d", 0, 9)));
        assertRefused(List.of(file(1, 0, "a", "b", 0, 9), file(2, 0, "c", "d", 1, 9)));
        assertRefused(List.of(file(100, 0, "a", "b", 0, 9)));
        assertThrows(IllegalArgumentException.class, () -> file(0, 0, "a", "b", 0, 9));
        assertThrows(IllegalArgumentException.class, () -> file(1, Version.LEVELS, "a", "b", 0, 9));
        assertThrows(IllegalArgumentException.class, () -> file(1, 0, "b", "a", 0, 9));
        assertThrows(IllegalArgumentException.class, () -> file(1, 0, "a", "b", 9, 0));
        assertThrows(IllegalArgumentException.class, () -> Version.empty().fileFor(0, bytes("a")));
    }

    private static void assertRefused(List<SstableInfo> files) {
        assertThrows(IllegalArgumentException.class, () -> new Version(1, files, null, null, 100, 0));
    }

    @Test
    void editsMakeNewVersions() {
        Version empty = Version.empty();
        assertNull(empty.reached());
        Version flushed = empty.afterFlush(List.of(file(3, 0, "a", "m", 0, 9)), LEDGER, point(4));
        assertEquals(point(4), flushed.reached());
        assertEquals(4, flushed.nextFileNumber());
        assertTrue(flushed.number() > empty.number());
        Version moved = flushed.afterCompaction(flushed.level(0), List.of(file(3, 1, "a", "m", 0, 9)));
        assertEquals(List.of(), moved.level(0));
        assertEquals(1, moved.level(1).size());
        assertEquals(point(4), moved.reached());
        Version later = moved.afterFlush(List.of(), LEDGER, point(5));
        assertEquals(moved.files(), later.files());

        assertThrows(IllegalArgumentException.class, () -> later.afterFlush(List.of(), LEDGER, point(4)));
        assertThrows(
                IllegalArgumentException.class,
                () -> later.afterFlush(List.of(file(9, 1, "x", "y", 10, 11)), LEDGER, point(6)));
        assertThrows(
                IllegalArgumentException.class,
                () -> moved.afterCompaction(flushed.level(0), moved.level(1)),
                "is no longer there");
        assertThrows(
                IllegalArgumentException.class,
                () -> moved.afterCompaction(moved.level(1), List.of()),
                "loses entries");
    }
}

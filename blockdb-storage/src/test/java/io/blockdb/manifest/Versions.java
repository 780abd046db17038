package io.blockdb.manifest;

import io.blockdb.base.BlockPlace;
import io.blockdb.base.Hash;
import io.blockdb.base.LedgerId;
import io.blockdb.base.LedgerPoint;
import io.blockdb.base.Position;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Versions and what they are made of, for tests. */
final class Versions {
    static final LedgerId LEDGER = LedgerId.parse("000102030405060708090a0b0c0d0e0f");

    private Versions() {}

    static SstableInfo file(long number, int level, String from, String to, long smallestSequence, long largest) {
        return new SstableInfo(
                number, level, 1000 + number, 10 * number, bytes(from), bytes(to), smallestSequence, largest);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static LedgerPoint point(long blocks) {
        byte[] hash = new byte[Hash.LENGTH];
        Arrays.fill(hash, (byte) blocks);
        byte[] position = new byte[Position.LENGTH];
        position[31] = (byte) blocks;
        return new LedgerPoint(
                blocks,
                10 * blocks,
                Hash.of(hash),
                1_700_000_000_000_000L + blocks,
                Position.of(position),
                new BlockPlace(1 + blocks / 10, 64 * blocks));
    }

    /** The content of the golden file. Never changed. */
    static Version golden() {
        return new Version(
                7,
                List.of(
                        file(12, 0, "_format\0", "default\0zebra", 700, 999),
                        file(11, 0, "default\0", "default\0\u00e9", 400, 699),
                        file(5, 1, "_keys\0a", "default\0k", 0, 398),
                        file(6, 1, "default\0l", "default\0z", 3, 399),
                        file(3, 6, "default\0m", "default\0m", 1, 2)),
                LEDGER,
                point(42),
                20,
                17);
    }
}

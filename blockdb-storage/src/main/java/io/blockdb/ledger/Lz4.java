package io.blockdb.ledger;

import io.blockdb.base.CorruptionException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** LZ4 blocks, where they pay: what does not shrink by an eighth is stored as it is. Works on heap arrays only. */
final class Lz4 {
    /**
     * Shorter input is not tried: it would save some dozen bytes of a frame of several hundred, and entering the native code
     * costs a commit of one small value a tenth of its time.
     */
    private static final int LENGTH_MIN = 256;

    private Lz4() {}

    /** Loads the native library only when the first value is compressed. */
    private static final class Codec {
        static final LZ4Compressor COMPRESSOR = LZ4Factory.fastestInstance().fastCompressor();
        static final LZ4SafeDecompressor DECOMPRESSOR =
                LZ4Factory.fastestInstance().safeDecompressor();
    }

    /** How much room {@link #compress} needs for {@code length} bytes: what does not shrink grows a little. */
    static int bound(int length) {
        return length + length / 255 + 16;
    }

    /**
     * Compresses into {@code target}, which has {@link #bound} bytes of room at {@code targetAt}.
     *
     * @return the compressed length, or 0 where it does not pay; what {@code target} holds there is then undefined
     */
    static int compress(byte[] source, int at, int length, byte[] target, int targetAt) {
        if (length < LENGTH_MIN) {
            return 0;
        }
        int compressed = Codec.COMPRESSOR.compress(source, at, length, target, targetAt, bound(length));
        return compressed <= length - length / 8 ? compressed : 0;
    }

    /** Decompresses to exactly {@code rawLength} bytes. */
    static byte[] decompress(String file, long offset, byte[] source, int at, int storedLength, int rawLength)
            throws CorruptionException {
        byte[] raw = new byte[rawLength];
        int found;
        try {
            found = Codec.DECOMPRESSOR.decompress(source, at, storedLength, raw, 0, rawLength);
        } catch (LZ4Exception e) {
            throw new CorruptionException(file, offset, storedLength, "values do not decompress", e);
        }
        if (found != rawLength) {
            throw new CorruptionException(
                    file, offset, storedLength, "values decompress to " + found + " bytes, expected " + rawLength);
        }
        return raw;
    }
}

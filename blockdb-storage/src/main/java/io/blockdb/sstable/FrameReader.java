package io.blockdb.sstable;

import static io.blockdb.sstable.SstableFormat.COMPRESSION_LZ4;
import static io.blockdb.sstable.SstableFormat.COMPRESSION_NONE;
import static io.blockdb.sstable.SstableFormat.FRAME_HEAD_LENGTH;
import static io.blockdb.sstable.SstableFormat.HEADER_LENGTH;
import static io.blockdb.sstable.SstableFormat.MAX_RAW_LENGTH;

import io.blockdb.base.ByteReader;
import io.blockdb.base.CorruptionException;
import java.io.IOException;
import java.util.Arrays;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Fetches frames of one file: copies them to the heap, verifies the checksum, decompresses. CRC32C and LZ4 are native
 * or intrinsic code, which must never touch mapped memory (it crashes the process on a file that shrank), so they only
 * ever see the copy. Of LZ4's decompressors only the safe one checks its bounds.
 *
 * <p>Threading: any thread, where the source allows it.
 */
final class FrameReader {
    private static final LZ4SafeDecompressor LZ4 = LZ4Factory.fastestInstance().safeDecompressor();

    private final ByteSource source;
    private final String file;
    private final long fileNumber;
    /** Frames end at or before this offset. */
    private final long end;

    FrameReader(ByteSource source, String file, long fileNumber, long end) {
        this.source = source;
        this.file = file;
        this.fileNumber = fileNumber;
        this.end = end;
    }

    /** The raw bytes of a frame that must be of that kind. */
    byte[] read(int kind, FrameRef frame) throws IOException {
        long offset = frame.offset();
        int length = frame.length();
        if (offset < HEADER_LENGTH || length < FRAME_HEAD_LENGTH || offset > end - length) {
            throw corrupt(frame, "frame does not lie between the header and " + end);
        }
        byte[] bytes = new byte[length];
        source.read(offset, bytes, 0, length);
        int storedLength = length - FRAME_HEAD_LENGTH;

        ByteReader fields = new ByteReader(file, offset, bytes, 0, FRAME_HEAD_LENGTH);
        int foundKind = fields.u8();
        int compression = fields.u8();
        int rawLength = fields.i32();
        int statedLength = fields.i32();
        int expected = fields.i32();
        int found = SstableFormat.frameChecksum(fileNumber, offset, bytes, 0, bytes, FRAME_HEAD_LENGTH, storedLength);
        if (found != expected) {
            throw corrupt(frame, "page checksum mismatch: expected %08x, found %08x".formatted(expected, found));
        }
        if (foundKind != kind || statedLength != storedLength) {
            throw corrupt(
                    frame,
                    "expected a frame of kind " + kind + " with " + storedLength + " stored bytes, found kind "
                            + foundKind + " with " + statedLength);
        }
        return switch (compression) {
            case COMPRESSION_NONE -> {
                if (rawLength != storedLength) {
                    throw corrupt(frame, "raw length " + rawLength + " of " + storedLength + " bytes stored raw");
                }
                yield Arrays.copyOfRange(bytes, FRAME_HEAD_LENGTH, length);
            }
            case COMPRESSION_LZ4 -> decompress(frame, bytes, rawLength);
            default -> throw corrupt(frame, "unknown compression " + compression);
        };
    }

    private byte[] decompress(FrameRef frame, byte[] bytes, int rawLength) throws CorruptionException {
        if (rawLength < 0 || rawLength > MAX_RAW_LENGTH) {
            throw corrupt(frame, "raw length " + rawLength + " is over the limit of " + MAX_RAW_LENGTH);
        }
        byte[] raw = new byte[rawLength];
        try {
            int length = LZ4.decompress(bytes, FRAME_HEAD_LENGTH, bytes.length - FRAME_HEAD_LENGTH, raw, 0, rawLength);
            if (length != rawLength) {
                throw corrupt(frame, "decompresses to " + length + " bytes, expected " + rawLength);
            }
            return raw;
        } catch (LZ4Exception e) {
            throw new CorruptionException(file, frame.offset(), frame.length(), "does not decompress", e);
        }
    }

    private CorruptionException corrupt(FrameRef frame, String reason) {
        return new CorruptionException(file, frame.offset(), frame.length(), reason);
    }
}

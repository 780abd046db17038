package io.blockdb.proof;

import io.blockdb.base.Hash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Stand-in until the real one is there. */
public record Checkpoint(Origin origin, long treeSize, Hash root, String note) {
    /** Stand-in. */
    public static Checkpoint parse(byte[] bytes) throws MalformedException {
        String note = new String(bytes, StandardCharsets.UTF_8);
        String[] lines = note.split("\n", -1);
        if (lines.length < 6 || !lines[3].isEmpty() || !note.endsWith("\n")) {
            throw new MalformedException("checkpoint is no note");
        }
        try {
            return new Checkpoint(
                    Origin.parse(lines[0]),
                    Long.parseLong(lines[1]),
                    Hash.of(Base64.getDecoder().decode(lines[2])),
                    note);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("checkpoint: " + e.getMessage());
        }
    }

    /** Stand-in. */
    public static Checkpoint sign(Origin origin, long size, Hash root, List<SigningKey> keys) {
        String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root.toBytes()) + "\n";
        StringBuilder note = new StringBuilder(text).append('\n');
        for (SigningKey key : keys) {
            VerifierKey verifier = key.verifierKey(origin);
            try {
                String pem = key.toPem();
                byte[] der = Base64.getDecoder().decode(pem.split("\n")[1]);
                Signature signature = Signature.getInstance("Ed25519");
                signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
                signature.update(text.getBytes(StandardCharsets.UTF_8));
                byte[] signed = signature.sign();
                byte[] line = Arrays.copyOf(HexFormat.of().parseHex(verifier.keyId()), 4 + signed.length);
                System.arraycopy(signed, 0, line, 4, signed.length);
                note.append("\u2014 ")
                        .append(origin)
                        .append(' ')
                        .append(Base64.getEncoder().encodeToString(line))
                        .append('\n');
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return new Checkpoint(origin, size, root, note.toString());
    }

    /** Stand-in. */
    public boolean signedBy(List<VerifierKey> keys) {
        String text = note.substring(0, note.indexOf("\n\n") + 1);
        boolean held = false;
        for (String line : note.substring(note.indexOf("\n\n") + 2).split("\n")) {
            String[] words = line.split(" ");
            byte[] bytes = Base64.getDecoder().decode(words[2]);
            for (VerifierKey key : keys) {
                if (key.keyId().equals(HexFormat.of().formatHex(bytes, 0, 4))) {
                    try {
                        byte[] reversed = key.publicKey();
                        boolean odd = (reversed[31] & 0x80) != 0;
                        reversed[31] &= 0x7f;
                        for (int i = 0; i < 16; i++) {
                            byte b = reversed[i];
                            reversed[i] = reversed[31 - i];
                            reversed[31 - i] = b;
                        }
                        Signature signature = Signature.getInstance("Ed25519");
                        signature.initVerify(KeyFactory.getInstance("Ed25519")
                                .generatePublic(new EdECPublicKeySpec(
                                        NamedParameterSpec.ED25519,
                                        new EdECPoint(odd, new java.math.BigInteger(1, reversed)))));
                        signature.update(text.getBytes(StandardCharsets.UTF_8));
                        if (!signature.verify(bytes, 4, bytes.length - 4)) {
                            return false;
                        }
                        held = true;
                    } catch (GeneralSecurityException e) {
                        return false;
                    }
                }
            }
        }
        return held;
    }
}

package io.blockdb.db;

import io.blockdb.proof.Receipt;
import io.blockdb.proof.VerifierKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change of the signing key did.
 *
 * @param key the key that signs from now on
 * @param retired the keys that sign no more; what they signed stays valid
 * @param handover proves the new key's entry in {@code _keys} under a checkpoint that an older key signed, by which who trusts
 *     that one can come to trust the new one; null where no older key could sign: verifiers must be given the new one by hand
 */
public record KeyRotation(
        VerifierKey key,
        List<VerifierKey> retired,
        @Nullable Receipt handover) {}

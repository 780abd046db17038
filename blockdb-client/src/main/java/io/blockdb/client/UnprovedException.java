package io.blockdb.client;

import org.jspecify.annotations.Nullable;

/**
 * What a server handed over as proof does not hold, or proves something else than was asked for. {@link #evidence} is what it was,
 * to be kept and shown. A receipt that does not hold may be forged, mangled on its way, or signed with a key that this client was
 * not given; the message says which check failed.
 */
public final class UnprovedException extends BlockDbClientException {
    private static final long serialVersionUID = 1L;

    private final String evidence;

    UnprovedException(String message, String evidence, @Nullable Throwable cause) {
        super(message, cause);
        this.evidence = evidence;
    }

    /** The receipt (JSON) or the checkpoint (a signed note) as it was received; empty where it is about an answer without one. */
    public String evidence() {
        return evidence;
    }
}

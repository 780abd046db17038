package io.blockdb.proof;

import io.blockdb.base.LedgerId;

/**
 * What a ledger is called in its checkpoints, and the name of all its keys: {@code <name>/<ledger id in lower-case hex>}
 * (LEDGER.md, section Ledger tree and checkpoint). Fixed by block 0. {@link #toString} is that text.
 *
 * @param name one or more printable ASCII characters, 0x21 to 0x7E, without {@code +}; a slash is one of them
 * @param ledgerId the ledger's id
 */
public record Origin(String name, LedgerId ledgerId) {
    /** The name of a ledger for which none is configured. */
    public static final String DEFAULT_NAME = "blockdb";

    /** @throws IllegalArgumentException if the name is empty or has a character that is not allowed */
    public Origin {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the ledger's name is empty");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x21 || c > 0x7e || c == '+') {
                throw new IllegalArgumentException(
                        "the ledger's name has U+%04X at position %s: only printable ASCII without space and + is allowed"
                                .formatted((int) c, i));
            }
        }
    }

    /**
     * Parses {@code <name>/<ledger id>}.
     *
     * @throws MalformedException if the text is anything else
     */
    public static Origin parse(String text) throws MalformedException {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new MalformedException("origin '" + text + "' has no slash before a ledger id");
        }
        try {
            return new Origin(text.substring(0, slash), LedgerId.parse(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("origin '" + text + "': " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return name + "/" + ledgerId;
    }
}

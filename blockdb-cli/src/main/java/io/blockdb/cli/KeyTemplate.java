package io.blockdb.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * How a key is made of the fields of a row: {@code --key FIELD}, or {@code --key-template} as in {@code
 * order/{year}/{id}}. In a template <code>{{</code> and <code>}}</code> stand for a brace.
 *
 * <p>Threading: immutable.
 */
final class KeyTemplate {
    /** A piece of a key: the value of a field, or bytes that are always the same. */
    record Part(String text, boolean isField) {}

    private final List<Part> parts;

    private KeyTemplate(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** The key is the field's value. */
    static KeyTemplate ofField(String field) {
        return new KeyTemplate(List.of(new Part(field, true)));
    }

    /**
     * The key that a template describes.
     *
     * @throws UsageException if a brace has no partner, or no field is named
     */
    static KeyTemplate parse(String template) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int fields = 0;
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            boolean doubled = i + 1 < template.length() && template.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                literal.append(c);
                i++;
            } else if (c == '{') {
                int close = template.indexOf('}', i);
                if (close < 0) {
                    throw unbalanced(i, "{ is not closed by }");
                }
                flush(literal, parts);
                parts.add(new Part(template.substring(i + 1, close), true));
                fields++;
                i = close;
            } else if (c == '}') {
                throw unbalanced(i, "} has no { before it; }} stands for the brace itself");
            } else {
                literal.append(c);
            }
        }
        flush(literal, parts);
        if (fields == 0) {
            throw new UsageException("--key-template names no field; as in 'order/{year}/{id}'");
        }
        return new KeyTemplate(parts);
    }

    private static UsageException unbalanced(int index, String what) {
        return new UsageException("--key-template, column " + (index + 1) + ": " + what);
    }

    private static void flush(StringBuilder literal, List<Part> parts) {
        if (literal.length() > 0) {
            parts.add(new Part(literal.toString(), false));
            literal.setLength(0);
        }
    }

    /** The pieces, in order. */
    List<Part> parts() {
        return parts;
    }
}

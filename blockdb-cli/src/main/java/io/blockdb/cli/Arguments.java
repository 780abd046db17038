package io.blockdb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the process as they were given. A JVM decodes them by the locale and puts U+FFFD where it fails:
 * under {@code LANG=C} for all that is not ASCII, elsewhere for what is not UTF-8. Neither may end up in a database.
 */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private Arguments() {}

    /**
     * The arguments without harm, or null where one of them is not UTF-8. Where the system does not tell what was
     * given, the arguments are taken as they are.
     */
    static String @Nullable [] restore(String[] decoded) {
        boolean harmed = false;
        for (String argument : decoded) {
            harmed |= argument.indexOf('\ufffd') >= 0;
        }
        if (!harmed) {
            return decoded;
        }
        byte[] line;
        try {
            line = Files.readAllBytes(COMMAND_LINE);
        } catch (IOException e) {
            return decoded;
        }
        return restore(decoded, line);
    }

    /** The same, of a command line: every word of it ends with a zero byte, and the arguments are the last ones. */
    static String @Nullable [] restore(String[] decoded, byte[] line) {
        List<String> words = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < line.length; i++) {
            if (line[i] == 0) {
                words.add(Text.decode(line, begin, i - begin));
                begin = i + 1;
            }
        }
        if (words.size() < decoded.length) {
            return decoded;
        }
        List<String> given = words.subList(words.size() - decoded.length, words.size());
        return given.contains(null) ? null : given.toArray(new String[0]);
    }
}

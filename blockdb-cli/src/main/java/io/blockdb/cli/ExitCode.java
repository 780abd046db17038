package io.blockdb.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a command's exit code says. Scripts depend on these numbers: never renumbered. */
final class ExitCode {
    /** Done. */
    static final int DONE = 0;
    /** The answer is no: not found, refused, erased, damage or a problem found. */
    static final int NO = 1;
    /** The command was used wrongly; nothing was done. */
    static final int USAGE = 2;
    /** It could not be done: I/O, damage in the way, in use, no database. */
    static final int COULD_NOT = 3;

    /** Ended by Ctrl-C, as shells number it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    /** The list that every help text shows, in picocli's form. */
    static Map<String, String> descriptions() {
        Map<String, String> list = new LinkedHashMap<>();
        list.put("0", "done");
        list.put("1", "no: not found, refused, erased; verify found damage, or doctor a problem");
        list.put("2", "wrong usage or input; nothing was done");
        list.put("3", "could not: I/O, damaged, in use, or no database there");
        list.put("130", "ended by Ctrl-C");
        return list;
    }
}

package io.blockdb.server;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the process's exit code says; the numbers of the command line, never renumbered. */
final class ExitCode {
    /** Done: printed what was asked for, or served and was told to stop. */
    static final int DONE = 0;
    /** Wrong usage or settings; nothing was started. */
    static final int USAGE = 2;
    /** It could not be done: I/O, damaged, in use, port taken. */
    static final int COULD_NOT = 3;

    private ExitCode() {}

    /** The list in the help text, in picocli's form. */
    static Map<String, String> descriptions() {
        Map<String, String> list = new LinkedHashMap<>();
        list.put("0", "done; stopped in order");
        list.put("2", "wrong usage or settings; nothing was started");
        list.put("3", "could not: I/O, damaged, in use, address taken");
        return list;
    }
}

package io.blockdb.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * What a process gets from its surroundings.
 *
 * @param in standard input
 * @param out standard output, unbuffered
 * @param err standard error, unbuffered
 * @param terminals which of the three are a terminal: the digits of their file descriptors, such as {@code 012}
 * @param environment the environment's variables
 */
record Streams(InputStream in, OutputStream out, OutputStream err, String terminals, Map<String, String> environment) {
    boolean inIsTerminal() {
        return terminals.contains("0");
    }

    boolean outIsTerminal() {
        return terminals.contains("1");
    }

    boolean errIsTerminal() {
        return terminals.contains("2");
    }

    /** The value of a variable, or an empty string where it is not set. */
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}

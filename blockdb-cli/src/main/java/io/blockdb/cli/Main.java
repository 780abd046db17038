package io.blockdb.cli;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.time.InstantSource;

/**
 * The process: {@code blockdb-cli}. Which of its streams are terminals it is told by its launcher, in the property
 * {@code blockdb.terminals}; started without, it takes none to be one.
 */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Streams streams = new Streams(
                new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.getProperty("blockdb.terminals", ""),
                System.getenv());
        Session session = new Session(streams, InstantSource.system());
        LineEnd lineEnd = new LineEnd(session.messages());
        if (streams.errIsTerminal()) {
            Runtime.getRuntime().addShutdownHook(lineEnd);
        }
        int code = new Cli(session).runProcess(args);
        lineEnd.needed = false;
        System.exit(code);
    }

    /**
     * Ends the line on which Ctrl-C came, so that the shell's prompt does not stand behind a bar or half a row. A shell does
     * so itself where a signal ends a process, but not where a JVM catches it and exits.
     */
    private static final class LineEnd extends Thread {
        private final Messages messages;
        private volatile boolean needed = true;

        LineEnd(Messages messages) {
            this.messages = messages;
        }

        @Override
        public void run() {
            if (needed) {
                messages.line("");
            }
        }
    }
}

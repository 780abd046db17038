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
        System.exit(new Cli(new Session(streams, InstantSource.system())).runProcess(args));
    }
}

package io.blockdb.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmark driver. */
@Command(
        name = "benchmarks",
        description = "Measures BlockDB beside the databases that its users would otherwise take.",
        mixinStandardHelpOptions = true,
        subcommands = {Worker.class, Filler.class, Compare.class})
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }
}

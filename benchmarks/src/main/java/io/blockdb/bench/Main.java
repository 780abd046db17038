package io.blockdb.bench;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmark driver. */
@Command(
        name = "benchmarks",
        description = "Measures BlockDB beside the databases that its users would otherwise take.",
        footer = "Besides: jmh ARGS runs the hot parts by JMH, with JMH's own arguments.",
        subcommands = {
            CommandLine.HelpCommand.class,
            Worker.class,
            Filler.class,
            Compare.class,
            Shape.class,
            Report.class,
            ShapeWorker.class,
            VerifyWorker.class,
            WatchWorker.class
        })
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("jmh")) {
            org.openjdk.jmh.Main.main(Child.jmhArguments(args));
            return;
        }
        System.exit(new CommandLine(new Main()).execute(args));
    }
}

package io.blockdb.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A process that puts, says so, and waits to be killed. */
@Command(name = "fill-and-wait", hidden = true, description = "Puts entries, says \"filled\" and waits to be killed.")
final class Filler implements java.util.concurrent.Callable<Integer> {
    private static final String SAID = "filled";

    @Mixin
    private SessionArguments arguments;

    @Option(names = "--puts", required = true)
    private long puts;

    /** Has another process of this kind fill a database, and kills it without notice. */
    static void fillAndKill(SessionOptions options, Path directory, long puts) throws Exception {
        Path temporary = Directories.fresh(directory.resolveSibling("crashed-tmp"));
        List<String> flags = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib") && !argument.startsWith("-javaagent"))
                .toList());
        flags.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
        List<String> arguments = new ArrayList<>(List.of("fill-and-wait"));
        arguments.addAll(SessionArguments.of(options, directory));
        arguments.add("--puts=" + puts);
        List<String> command = Child.command(options.engine(), flags, arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = process.inputReader()) {
            String line = said.readLine();
            if (!SAID.equals(line)) {
                throw new IOException("the process that was to fill " + directory + " said " + line);
            }
        } finally {
            process.destroyForcibly().waitFor();
            Directories.delete(temporary);
        }
    }

    @Override
    public Integer call() throws Exception {
        SessionOptions options = arguments.options();
        Dataset data = new Dataset(options.entries(), options.settings().valueSize(), options.seed());
        Files.createDirectories(arguments.directory());
        Engine engine = options.engine().open(arguments.directory(), options.settings());
        for (long place = 0; place < puts; place++) {
            long number = data.shuffled(place);
            engine.put(Dataset.keyOf(number), data.value(number, 0));
        }
        System.out.println(SAID);
        return System.in.read() < 0 ? 1 : 0;
    }
}

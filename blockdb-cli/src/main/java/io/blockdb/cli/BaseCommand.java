package io.blockdb.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have in common: how they reach what they work with. */
abstract class BaseCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Does what was asked; answers an {@link ExitCode}. */
    @Override
    public abstract Integer call() throws IOException;

    final CommandSpec spec() {
        return spec;
    }

    final RootCommand root() {
        return (RootCommand) spec.root().userObject();
    }

    final Session session() {
        return root().session();
    }

    final Output out() {
        return session().out();
    }

    final Messages messages() {
        return session().messages();
    }

    final DatabaseSource database() {
        return root().database();
    }
}

package io.blockdb.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the settings together: a flag goes before the environment, the environment before the file, the file before the
 * default.
 *
 * <p>Threading: immutable. It can be asked again, for what the file says by then.
 */
public final class ConfigReader {
    /** The variable that names the file. */
    private static final String FILE_VARIABLE = "BLOCKDB_CONFIG";

    private static final String PREFIX = "BLOCKDB_";
    private static final Path USUAL_FILE = Path.of("blockdb.toml");

    private final Map<String, String> flags;
    private final Map<String, String> environment;
    private final @Nullable Path file;

    /**
     * @param flags texts by the full name of the setting ({@link Flag#setting})
     * @param environment the variables of the environment
     * @param file what {@code --config} names; null: the one that {@code BLOCKDB_CONFIG} names, else {@code blockdb.toml} in
     *     the working directory where there is one
     */
    public ConfigReader(Map<String, String> flags, Map<String, String> environment, @Nullable Path file) {
        this.flags = Map.copyOf(flags);
        this.environment = Map.copyOf(environment);
        this.file = file;
    }

    /**
     * Reads.
     *
     * @throws ConfigException if a setting is wrong, with all that are
     * @throws IOException if the file cannot be read
     */
    public LoadedConfig read() throws ConfigException, IOException {
        Values values = new Values();
        Complaints complaints = new Complaints();
        List<String> notes = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            String text = flags.get(setting.path());
            if (text != null) {
                values.put(setting, text, Origin.given(setting.flagName()), complaints);
            }
            fromEnvironment(setting, values, complaints, notes);
        }
        noteUnknownVariables(notes);
        Path found = file(complaints);
        if (found != null) {
            SettingsFile.read(found, values, complaints);
        }
        if (complaints.isEmpty()) {
            Constraints.check(values, complaints);
        }
        if (!complaints.isEmpty()) {
            throw new ConfigException(complaints.list());
        }
        return new LoadedConfig(values, found, notes);
    }

    /** The default file: every setting with its default and why it is there. */
    public static String defaults() {
        return ConfigText.defaults();
    }

    /** As {@link #defaults}, with the values of the file that is shipped. */
    static String shipped() {
        return ConfigText.shipped();
    }

    private void fromEnvironment(Setting<?> setting, Values values, Complaints complaints, List<String> notes) {
        String taken = null;
        for (String variable : setting.environment()) {
            String text = environment.getOrDefault(variable, "");
            if (text.isEmpty()) {
                continue;
            }
            if (setting.equals(ServerSettings.PORT) && text.matches("(tcp|udp|sctp)://.*")) {
                notes.add(variable + "=" + text + " is passed over: Kubernetes sets it for a service of that name");
            } else if (taken == null) {
                taken = variable;
                values.put(setting, text, Origin.environment(variable), complaints);
            } else if (!text.equals(environment.get(taken))) {
                notes.add(variable + " is passed over: " + taken + " goes before it");
            }
        }
    }

    /** A misspelt variable is no error, since others may have their own of that prefix; but it is said. */
    private void noteUnknownVariables(List<String> notes) {
        Map<String, String> known = new TreeMap<>();
        known.put(FILE_VARIABLE.substring(PREFIX.length()), FILE_VARIABLE);
        for (Setting<?> setting : Settings.ALL) {
            for (String variable : setting.environment()) {
                known.put(variable.substring(PREFIX.length()), variable);
            }
        }
        for (String variable : new TreeMap<>(environment).keySet()) {
            if (variable.startsWith(PREFIX) && !known.containsValue(variable)) {
                String nearest = Spelling.nearest(variable.substring(PREFIX.length()), known.keySet());
                if (nearest != null) {
                    notes.add(variable + " sets nothing (did you mean " + known.get(nearest) + "?)");
                }
            }
        }
    }

    private @Nullable Path file(Complaints complaints) {
        if (file != null) {
            return file;
        }
        String named = environment.getOrDefault(FILE_VARIABLE, "");
        if (named.isEmpty()) {
            return Files.exists(USUAL_FILE) ? USUAL_FILE : null;
        }
        try {
            return Path.of(named);
        } catch (InvalidPathException e) {
            complaints.at(FILE_VARIABLE, String.valueOf(e.getMessage()));
            return null;
        }
    }
}

package io.blockdb.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A setting: all that the program knows about it.
 *
 * @param section the TOML table that it stands in, such as {@code server}
 * @param name its name there, such as {@code port}
 * @param kind what its values look like
 * @param standard its default, as text
 * @param shipped its value in the shipped file, as text: the default, but for the one setting that says so
 * @param flags names of the command line's option for it; none: it has none
 * @param variables further names of it in the environment, which go before the one that every setting has
 * @param secret whether its value is shown nowhere and stands in no file of settings
 * @param purpose one or two lines of why, whole sentences
 */
record Setting<T>(
        String section,
        String name,
        Kind<T> kind,
        String standard,
        String shipped,
        List<String> flags,
        List<String> variables,
        boolean secret,
        List<String> purpose) {

    Setting(String section, String name, Kind<T> kind, String standard, String... purpose) {
        this(section, name, kind, standard, standard, List.of(), List.of(), false, List.of(purpose));
    }

    /** A copy with an option of the command line. */
    Setting<T> flag(String... names) {
        return new Setting<>(section, name, kind, standard, shipped, List.of(names), variables, secret, purpose);
    }

    /** A copy with further variables. */
    Setting<T> variable(String... names) {
        return new Setting<>(section, name, kind, standard, shipped, flags, List.of(names), secret, purpose);
    }

    /** A copy with another value in the shipped file. */
    Setting<T> shippedAs(String value) {
        return new Setting<>(section, name, kind, standard, value, flags, variables, secret, purpose);
    }

    /** A copy that is a secret. */
    Setting<T> asSecret() {
        return new Setting<>(section, name, kind, standard, shipped, flags, variables, true, purpose);
    }

    /** The names of its option that a message uses: the long one. */
    String flagName() {
        return flags.isEmpty() ? path() : flags.get(flags.size() - 1);
    }

    /** Whether its option takes no value and turns it off. */
    boolean turnedOffByFlag() {
        return flagName().startsWith("--disable-");
    }

    /** Its name with the table: {@code server.port}. */
    String path() {
        return section + "." + name;
    }

    /** Every variable of the environment that sets it, the one that counts first. */
    List<String> environment() {
        List<String> names = new ArrayList<>(variables);
        String systematic = "BLOCKDB_" + section.toUpperCase(Locale.ROOT) + "_" + name.toUpperCase(Locale.ROOT);
        if (!names.contains(systematic)) {
            names.add(systematic);
        }
        return names;
    }
}

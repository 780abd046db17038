package io.blockdb.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values that were given to settings, each with where it comes from. The first that is put for a setting counts. */
final class Values {
    private record Given(Object value, Origin origin) {}

    private final Map<Setting<?>, Given> given = new LinkedHashMap<>();

    /** Puts a value written as text, or a complaint. */
    <T> void put(Setting<T> setting, String text, Origin origin, Complaints complaints) {
        put(setting, setting.kind().text().apply(text), "'" + text + "'", origin, complaints);
    }

    /** Puts a value of the TOML parser, or a complaint. */
    <T> void putToml(Setting<T> setting, Object value, String found, Origin origin, Complaints complaints) {
        put(setting, setting.kind().toml().apply(value), found, origin, complaints);
    }

    private <T> void put(Setting<T> setting, Optional<T> value, String found, Origin origin, Complaints complaints) {
        if (value.isEmpty()) {
            complaints.wrong(origin.where(), setting, found);
        } else {
            given.putIfAbsent(setting, new Given(value.get(), origin));
        }
    }

    /** The value in force. */
    @SuppressWarnings("unchecked") // put takes only values of the setting's own kind
    <T> T get(Setting<T> setting) {
        Given found = given.get(setting);
        return found == null ? standard(setting, setting.standard()) : (T) found.value();
    }

    /** Where the value in force comes from. */
    Origin origin(Setting<?> setting) {
        Given found = given.get(setting);
        return found == null ? Origin.STANDARD : found.origin();
    }

    /** The value in force as TOML; null for a secret. */
    <T> @Nullable String print(Setting<T> setting) {
        return setting.secret() ? null : setting.kind().print().apply(get(setting));
    }

    /** The value of a text of the list of settings. */
    static <T> T standard(Setting<T> setting, String text) {
        return setting.kind()
                .text()
                .apply(text)
                .orElseThrow(() -> new AssertionError(setting.path() + " refuses its own default: " + text));
    }
}

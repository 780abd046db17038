package io.blockdb.server.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a file of settings. */
final class SettingsFile {
    private static final long SIZE_MAX = 1 << 20;
    private static final int SYNTAX_ERRORS_SHOWN = 10;

    private final String name;
    private final Values values;
    private final Complaints complaints;

    private SettingsFile(String name, Values values, Complaints complaints) {
        this.name = name;
        this.values = values;
        this.complaints = complaints;
    }

    /**
     * Puts what the file sets, or says what is wrong with it.
     *
     * @throws IOException if it cannot be read
     */
    static void read(Path file, Values values, Complaints complaints) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory; expected a file of settings");
        }
        if (Files.size(file) > SIZE_MAX) {
            complaints.at(file.toString(), "larger than 1 MB: not a file of settings");
            return;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            complaints.at(file.toString(), "is not UTF-8 text");
            return;
        }
        new SettingsFile(file.toString(), values, complaints).read(text);
    }

    private void read(String text) {
        TomlParseResult toml = Toml.parse(text);
        if (toml.hasErrors()) {
            // What follows a line that was not understood may be taken for another table's: it would be misjudged.
            List<TomlParseError> errors = toml.errors();
            for (TomlParseError error : errors.subList(0, Math.min(SYNTAX_ERRORS_SHOWN, errors.size()))) {
                complaints.at(place(error.position()), String.valueOf(error.getMessage()));
            }
            return;
        }
        for (String section : toml.keySet()) {
            Object value = toml.get(List.of(section));
            if (value instanceof TomlTable table && Settings.sections().contains(section)) {
                for (String key : table.keySet()) {
                    setting(section, key, table.get(List.of(key)), toml.inputPositionOf(List.of(section, key)));
                }
            } else if (value instanceof TomlTable) {
                unknownTable(section, toml.inputPositionOf(List.of(section)));
            } else if (Settings.sections().contains(section)) {
                complaints.at(
                        place(toml.inputPositionOf(List.of(section))), section + " must be a table: [" + section + "]");
            } else {
                outsideOfTables(section, toml.inputPositionOf(List.of(section)));
            }
        }
    }

    private void setting(String section, String key, @Nullable Object value, @Nullable TomlPosition position) {
        String where = place(position);
        Setting<?> setting = Settings.named(section + "." + key);
        if (setting == null || value == null) {
            complaints.unknown(where, section + "." + key);
        } else if (setting.secret()) {
            complaints.at(
                    where,
                    setting.path() + " is a secret and has no place in this file: set "
                            + setting.environment().get(0) + ", or name a file in " + setting.path() + "_file");
        } else {
            values.putToml(setting, value, shown(value), Origin.file(where), complaints);
        }
    }

    private void unknownTable(String section, @Nullable TomlPosition position) {
        String nearest = Spelling.nearest(section, Settings.sections());
        complaints.at(
                place(position),
                "unknown table [" + section + "]"
                        + (nearest == null ? "" : " (did you mean [" + nearest + "]?)")
                        + "; there are [" + String.join("], [", Settings.sections()) + "]");
    }

    /** A setting of that name may be known, and only its table be missing. */
    private void outsideOfTables(String key, @Nullable TomlPosition position) {
        List<String> tables = Settings.ALL.stream()
                .filter(setting -> setting.name().equals(key))
                .map(setting -> "[" + setting.section() + "]")
                .toList();
        if (tables.isEmpty()) {
            complaints.unknown(place(position), key);
        } else {
            complaints.at(
                    place(position),
                    "'" + key + "' stands in no table; it belongs under " + String.join(" or ", tables));
        }
    }

    private static String shown(Object value) {
        if (value instanceof TomlTable) {
            return "a table";
        }
        if (value instanceof TomlArray array) {
            return array.toJson().strip().replaceAll("\\s+", " ");
        }
        return value instanceof String text ? Kinds.quoted(text) : value.toString();
    }

    private String place(@Nullable TomlPosition position) {
        return position == null ? name : name + ":" + position.line() + ":" + position.column();
    }
}

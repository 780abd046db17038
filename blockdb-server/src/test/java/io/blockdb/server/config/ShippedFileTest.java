package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code config/blockdb.toml} is made from the list of settings; {@code -Dblockdb.rewrite=true} makes it anew. */
class ShippedFileTest {
    private static final Path SHIPPED = Path.of("../config/blockdb.toml");

    @Test
    void isWhatTheListSays() throws IOException {
        if (Boolean.getBoolean("blockdb.rewrite")) {
            Files.writeString(SHIPPED, ConfigReader.shipped());
        }

        assertEquals(ConfigReader.shipped(), Files.readString(SHIPPED));
    }

    @Test
    void differsFromTheDefaultsInOneSettingOnly() throws Exception {
        List<String> different = new ArrayList<>(settings(ConfigReader.shipped()));
        different.removeAll(settings(ConfigReader.defaults()));

        assertEquals(List.of("require_security = true"), different);
    }

    @Test
    void theDefaultFileSetsEverySettingToItsDefault() throws Exception {
        Path file = Files.createTempFile("defaults", ".toml");
        try {
            Files.writeString(file, ConfigReader.defaults());

            LoadedConfig loaded = new ConfigReader(Map.of(), Map.of(), file).read();

            assertEquals(ServerConfig.defaults(), loaded.config());
            assertTrue(!loaded.effective().contains("# default"), loaded.effective());
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void saysWhyOfEverySettingWithinTheWidthOfAPage() {
        for (Setting<?> setting : Settings.ALL) {
            assertTrue(setting.secret() || !setting.purpose().isEmpty(), setting.path());
        }
        for (String line : ConfigReader.shipped().split("\n")) {
            assertTrue(line.length() <= 120, line);
        }
    }

    private static List<String> settings(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).toList();
    }
}

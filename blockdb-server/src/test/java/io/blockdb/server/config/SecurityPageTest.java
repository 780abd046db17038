package io.blockdb.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What SECURITY.md tells people to set can be set. */
class SecurityPageTest {
    @Test
    void everySettingThatItNamesIsOne() throws IOException {
        Set<String> known = Settings.ALL.stream().map(Setting::name).collect(Collectors.toSet());
        Set<String> unknown = new TreeSet<>();
        Matcher quoted = Pattern.compile("`[^`]+`").matcher(Files.readString(Path.of("../SECURITY.md")));
        int named = 0;
        while (quoted.find()) {
            Matcher word = Pattern.compile("\\b[a-z]+(?:_[a-z]+)+\\b").matcher(quoted.group());
            while (word.find()) {
                named++;
                if (!known.contains(word.group())) {
                    unknown.add(word.group());
                }
            }
        }
        assertEquals(Set.of(), unknown);
        assertTrue(named > 10);
    }
}

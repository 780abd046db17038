package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManualPagesTest {
    @TempDir
    private Path temp;

    @Test
    void aPageForEachCommandAndTheSameBytesAgain() throws Exception {
        Path once = temp.resolve("once");
        Path twice = temp.resolve("twice");
        ManualPages.main(new String[] {once.toString(), "1.2.3"});
        ManualPages.main(new String[] {twice.toString(), "1.2.3"});
        List<Path> pages;
        try (Stream<Path> files = Files.list(once)) {
            pages = files.sorted().toList();
        }
        assertTrue(pages.size() > CommandTree.names().size());
        for (Path page : pages) {
            String text = Files.readString(page);
            assertEquals(text, Files.readString(twice.resolve(page.getFileName())));
            for (String section : List.of("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO")) {
                assertTrue(text.contains("\n.SH \"" + section + "\"\n"), page + ": " + section);
            }
            assertTrue(
                    text.lines()
                            .filter(line -> line.startsWith(".") || line.startsWith("'"))
                            .allMatch(line -> line.matches("\\.(TH|SH|PP|TP|B|BR|nf|fi)( .*)?")),
                    text);
        }
        String get = Files.readString(once.resolve("blockdb-cli-get.1"));
        assertTrue(get.startsWith(".TH \"BLOCKDB\\-CLI\\-GET\" \"1\" \"\" \"BlockDB 1.2.3\" \"BlockDB\"\n"), get);
        assertTrue(get.contains("\n.TP\n\\fB\\-\\-at\\fP \\fIHEIGHT\\fP\n"), get);
    }
}

package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.blockdb.server.http.RunningServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page to try the interface: whole, of its own parts alone, and nothing in it that its policy forbids. */
class DocsTest {
    private static final Pattern REFERENCE =
            Pattern.compile("(?:href|src)=\"([^\"#][^\"]*)\"|from \"([^\"]+)\"|fetch\\(base \\+ \"([^\"]+)\"");

    @TempDir
    private Path directory;

    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = new RunningServer(directory.resolve("db"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void everythingThatThePageLoadsIsServedHere() throws IOException {
        Set<String> met = new TreeSet<>();
        Deque<URI> waiting = new ArrayDeque<>();
        waiting.add(URI.create("/docs"));
        while (!waiting.isEmpty()) {
            URI address = waiting.remove();
            if (!met.add(address.toString())) {
                continue;
            }
            Answer answer = server.get(address.toString());
            assertEquals(200, answer.status(), address::toString);
            assertTrue(answer.header("Content-Security-Policy").startsWith("default-src 'none'; script-src 'self'"));
            assertFalse(answer.header("Content-Security-Policy").contains("unsafe"), answer::toString);
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            if (!address.toString().endsWith(".json")) {
                Matcher matcher = REFERENCE.matcher(answer.body());
                while (matcher.find()) {
                    String reference = matcher.group(1) != null
                            ? matcher.group(1)
                            : matcher.group(2) != null ? matcher.group(2) : "/" + matcher.group(3);
                    URI resolved = address.resolve(reference);
                    assertEquals(null, resolved.getAuthority(), () -> address + " loads " + reference);
                    waiting.add(resolved);
                }
            }
        }
        assertEquals(
                Set.of(
                        "/docs",
                        "/docs/docs.css",
                        "/docs/docs.js",
                        "/docs/answer.js",
                        "/docs/request.js",
                        "/docs/icon.svg",
                        "/openapi.json"),
                met);
    }

    @Test
    void nothingInThePageIsForbiddenByItsPolicy() throws IOException {
        String page = server.get("/docs").body();
        assertFalse(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(page).find(), "a script within the page");
        assertFalse(
                Pattern.compile("<style|\\sstyle=|\\son[a-z]+=").matcher(page).find(), "style or handlers within");
        for (String script : new String[] {"docs.js", "answer.js", "request.js"}) {
            String text = server.get("/docs/" + script).body();
            for (String forbidden :
                    new String[] {"innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", ".style", "http:"}) {
                assertFalse(text.contains(forbidden), script + " has " + forbidden);
            }
        }
        assertFalse(server.get("/docs/docs.css").body().contains("url("), "the style loads something");
    }

    @Test
    void scriptsFindTheElementsThatTheyLookFor() throws IOException {
        String page = server.get("/docs").body();
        Matcher matcher = Pattern.compile("getElementById\\(\"([^\"]+)\"\\)")
                .matcher(server.get("/docs/docs.js").body());
        int looked = 0;
        while (matcher.find()) {
            assertTrue(page.contains("id=\"" + matcher.group(1) + "\""), matcher.group(1));
            looked++;
        }
        assertTrue(looked > 5);
    }

    @Test
    void partsAreAskedForAgainAndNotSentTwice() throws IOException {
        Answer first = server.get("/openapi.json");
        assertEquals("no-cache", first.header("Cache-Control"));
        Answer again = server.get("/openapi.json", "If-None-Match: " + first.header("ETag"));
        assertEquals(304, again.status());
        assertEquals("", again.body());
        Answer head = server.send("HEAD", "/docs", null);
        assertEquals(200, head.status());
        assertEquals("text/html;charset=utf-8", head.header("Content-Type").replace(" ", ""));
        assertTrue(head.header("Content-Security-Policy").contains("frame-ancestors 'none'"));
    }

    @Test
    void theRootLeadsOn() throws IOException {
        Answer links = server.get("/");
        assertEquals("docs", links.field("docs"));
        assertTrue(links.header("Vary").contains("Accept"), links::toString);
        Answer browser = server.get("/", "Accept: text/html,application/xhtml+xml,*/*;q=0.8");
        assertEquals(303, browser.status());
        assertEquals("docs", browser.header("Location"));
    }
}

package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PutGetTest {
    @TempDir
    private Path temp;

    private CliHarness cli;

    @BeforeEach
    void begin() {
        cli = new CliHarness(temp.resolve("data"));
    }

    @Test
    void storesAndPrintsAValueInTheDocumentedWords() {
        assertEquals(
                "Successfully stored key-value pair\n",
                cli.run("put", "greeting", "hello world").done());
        assertEquals("hello world\n", cli.run("get", "greeting").done());
    }

    @Test
    void keepsCharactersOfEveryKind() {
        cli.run("put", "größe ✓ 𝄞", "läuft\n\"ja\"\t✓").done();
        assertEquals("läuft\n\"ja\"\t✓\n", cli.run("get", "größe ✓ 𝄞").done());
    }

    @Test
    void takesArgumentsAsTheyAre() throws Exception {
        Path file = Files.writeString(temp.resolve("arguments"), "put other value");
        cli.run("put", "@" + file, "${sys:user.home}").done();
        assertEquals("${sys:user.home}\n", cli.run("get", "@" + file).done());
        cli.run("put", "quoted", "\"a\" 'b'").done();
        assertEquals("\"a\" 'b'\n", cli.run("get", "quoted").done());
        cli.run("put", "negative", "-5").done();
        assertEquals("-5\n", cli.run("get", "negative").done());
        cli.run("put", "--", "-k", "--v").done();
        assertEquals("--v\n", cli.run("get", "--", "-k").done());
        cli.run("put", "put", "get").done();
        assertEquals("get\n", cli.run("get", "put").done());
    }

    @Test
    void anotherValueIsRefusedInTheDocumentedWords() {
        cli.run("put", "k", "v").done();
        cli.run("put", "k", "w")
                .failed(1, "Error: Key 'k' already exists. BlockDB is append-only and does not allow updates.");
        assertEquals("v\n", cli.run("get", "k").done());
    }

    @Test
    void theSameValueIsTheSameWrite() throws Exception {
        String first = cli.run("put", "k", "v", "--output", "json").done();
        String again = cli.run("put", "k", "v", "--output", "json").done();
        assertEquals(first.replace("\"existing\":false", "\"existing\":true"), again);
        assertEquals(
                "Successfully stored key-value pair\n", cli.run("put", "k", "v").done());
    }

    @Test
    void aMissingKeyIsSaidOnStandardError() {
        cli.run("put", "k", "v").done();
        cli.run("get", "nope").failed(1, "Key not found");
    }

    @Test
    void base64OfKeyAndValue() {
        assertEquals(
                "Successfully stored key-value pair\n",
                cli.run("put", "YmluYXJ5", "ZGF0YQ==", "--base64").done());
        assertEquals("ZGF0YQ==\n", cli.run("get", "YmluYXJ5", "--base64").done());
        assertEquals("data\n", cli.run("get", "binary").done());
    }

    @Test
    void base64OfTheValueAlone() {
        CliHarness.Result put = cli.run("put", "binary:key", "AP8=", "--base64");
        assertEquals(0, put.exit());
        assertEquals("Successfully stored key-value pair\n", put.out());
        assertEquals("Note: KEY is not base64 and is taken as text; --key-encoding says which it is\n", put.err());
        assertEquals("AP8=\n", cli.run("get", "binary:key", "--base64").done());
        assertArrayEquals(new byte[] {0, -1, '\n'}, cli.run("get", "binary:key").outBytes());
        assertArrayEquals(
                new byte[] {0, -1}, cli.run("get", "binary:key", "--raw").outBytes());
    }

    @Test
    void aKeyIsLookedUpAsTextBeforeItIsDecoded() {
        cli.run("put", "YmluYXJ5", "of the text").done();
        cli.run("put", "binary", "of the bytes").done();
        assertEquals(
                base64("of the text"), cli.run("get", "YmluYXJ5", "--base64").done());
        assertEquals(
                base64("of the bytes"),
                cli.run("get", "YmluYXJ5", "--base64", "--key-encoding", "base64")
                        .done());
    }

    @Test
    void encodingsOfKeyAndValue() {
        cli.run("put", "00ff", "68656C6C6f", "--key-encoding", "hex", "--value-encoding", "hex")
                .done();
        assertEquals(
                "hello\n", cli.run("get", "AP8=", "--key-encoding", "base64").done());
        cli.run("put", "dGV4dA==", "YQ==", "--key-encoding=text", "--value-encoding=base64")
                .done();
        assertEquals("a\n", cli.run("get", "dGV4dA==").done());
        cli.run("put", "bGl0ZXJhbA==", "YQ==", "--base64", "--key-encoding=text")
                .done();
        assertEquals("a\n", cli.run("get", "bGl0ZXJhbA==").done());
    }

    @Test
    void valuesFromStandardInputAndFiles() throws Exception {
        byte[] bytes = new byte[3000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        cli.input(bytes).run("put", "piped", "-").done();
        assertArrayEquals(bytes, cli.run("get", "piped", "--raw").outBytes());
        Path file = Files.write(temp.resolve("file"), bytes);
        cli.run("put", "filed", "--file", file.toString()).done();
        assertArrayEquals(bytes, cli.run("get", "filed", "--output", "raw").outBytes());
        String wrapped = Base64.getMimeEncoder().encodeToString(bytes) + "\r\n";
        cli.input(wrapped)
                .run("put", "wrapped", "-", "--value-encoding", "base64")
                .done();
        assertArrayEquals(bytes, cli.run("get", "wrapped", "--raw").outBytes());
    }

    @Test
    void theLargestValueAndKeyFit() {
        byte[] largest = new byte[Limits.VALUE_BYTES];
        cli.input(largest).run("put", "large", "-").done();
        assertArrayEquals(largest, cli.run("get", "large", "--raw").outBytes());
        String key = "k".repeat(Limits.KEY_BYTES);
        cli.run("put", key, "v").done();
        assertEquals("v\n", cli.run("get", key).done());
        cli.run("put", "empty", "").done();
        assertEquals("\n", cli.run("get", "empty").done());
    }

    @Test
    void jsonSaysWhereAnEntryStands() {
        String put = cli.run("put", "k", "v", "-o", "json").done();
        assertTrue(
                put.matches("\\{\"key\":\"k\",\"encoding\":\"text\",\"table\":\"default\",\"sequence_number\":2,"
                        + "\"height\":1,\"block_hash\":\"[0-9a-f]{64}\",\"timestamp\":[0-9]+,\"existing\":false}\n"),
                put);
        String get = cli.run("get", "k", "-o", "json").done();
        assertTrue(
                get.matches("\\{\"key\":\"k\",\"value\":\"v\",\"encoding\":\"text\",\"table\":\"default\","
                        + "\"sequence_number\":2,\"height\":1,\"block_hash\":\"[0-9a-f]{64}\",\"timestamp\":[0-9]+,"
                        + "\"expires_at\":null}\n"),
                get);
        cli.input(new byte[] {-1}).run("put", "bin", "-").done();
        assertTrue(cli.run("get", "bin", "-o", "json")
                .done()
                .startsWith("{\"key\":\"Ymlu\",\"value\":\"/w==\",\"encoding\":\"base64\""));
    }

    @Test
    void readsAsOfAHeight() {
        cli.run("table", "create", "t", "--policy", "versioned").done();
        cli.run("put", "k", "v1", "-t", "t").done();
        cli.run("put", "k", "v2", "-t", "t").done();
        assertEquals("v2\n", cli.run("get", "k", "-t", "t").done());
        assertEquals("v1\n", cli.run("get", "k", "-t", "t", "--at", "2").done());
        cli.run("get", "k", "-t", "t", "--at", "1").failed(1, "Key not found");
        cli.run("get", "k", "-t", "t", "--at", "9").failed(2, "Error: --at 9: there is no such block, the newest is 3");
    }

    @Test
    void theDirectoryIsNamedBeforeOrBehindTheCommandOrByTheEnvironment() {
        String other = temp.resolve("other").toString();
        cli.run("-d", other, "put", "k", "v").done();
        assertEquals("v\n", cli.run("get", "k", "--data-dir", other).done());
        assertEquals("v\n", cli.run("--data-dir=" + other, "get", "k").done());
        assertFalse(Files.exists(cli.directory()));
        assertEquals("v\n", cli.set("BLOCKDB_DATA_DIR", other).run("get", "k").done());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) + "\n";
    }
}

package io.blockdb.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers of every length come whole, compressed for who takes that. */
@Timeout(120)
class DeliveryTest {
    @TempDir
    private Path directory;

    @Test
    void whoTakesGzip() {
        for (String yes : new String[] {"gzip", "br, GZip", "deflate;q=0.1,gzip;q=0.5", "gzip ; q=1.0"}) {
            assertTrue(Delivery.takesGzip(yes), yes);
        }
        for (String no : new String[] {null, "", "identity", "gzipped", "gzip;q=0", "br, gzip; q=0.000"}) {
            assertFalse(Delivery.takesGzip(no), no);
        }
    }

    @Test
    void everyLength() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        try (RunningServer server = new RunningServer(directory.resolve("db"));
                RunningServer plain =
                        new RunningServer(directory.resolve("plain"), Map.of("server.enable_compression", "false"))) {
            for (int length : new int[] {0, 1, 1_499, 1_500, 8_191, 8_192, 8_193, 65_536, 65_537, 1_000_000}) {
                String value = "0123456789".repeat(length / 10 + 1).substring(0, length);
                String body = "{\"key\":\"k" + length + "\",\"value\":\"" + value + "\"}";
                for (RunningServer each : new RunningServer[] {server, plain}) {
                    assertEquals(201, each.post("/api/v1/put", body).status());
                    for (int round = 0; round < 2; round++) {
                        check(client, each, value, false);
                        check(client, each, value, each == server && length >= 1_500);
                    }
                    assertEquals(value, each.get("/api/v1/get/k" + length).field("value"));
                }
            }
        }
    }

    /** The connection is kept: what follows an answer must not be taken for a part of it. */
    private static void check(HttpClient client, RunningServer server, String value, boolean gzip)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/api/v1/get/k" + value.length() + "?raw=true");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (gzip) {
            request.header("Accept-Encoding", "gzip");
        }
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        assertEquals(
                gzip ? "gzip" : "",
                answer.headers().firstValue("Content-Encoding").orElse(""));
        byte[] body = answer.body();
        if (gzip) {
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
                body = in.readAllBytes();
            }
        }
        assertArrayEquals(value.getBytes(StandardCharsets.UTF_8), body);
        HttpRequest head =
                request.method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
        HttpResponse<byte[]> header = client.send(head, HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, header.statusCode());
        assertEquals(0, header.body().length);
    }
}

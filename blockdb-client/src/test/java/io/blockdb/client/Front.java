package io.blockdb.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What stands between the client and a server, on a free port of the loopback: passes requests on as they are, unless it is told to do
 * something else with one, and notes what came.
 */
final class Front implements AutoCloseable {
    private static final String NOWHERE = "http://127.0.0.1:1";

    static {
        // Head and body are two packets: the second would wait for the first one's acknowledgement, 40 ms each time.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient onward = HttpClient.newHttpClient();
    private final String behind;
    private volatile Mischief mischief = (request, front) -> front.passOn(request);

    /** What came, in order. */
    final List<Request> requests = new CopyOnWriteArrayList<>();

    /** A request as it came. */
    record Request(String method, String path, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What is answered; null instead: the connection is cut. */
    record Reply(int status, byte[] body, String type, Map<String, String> headers) {
        static Reply json(int status, String body) {
            return new Reply(status, body.getBytes(StandardCharsets.UTF_8), "application/json", Map.of());
        }

        static Reply problem(int status, String name, String more) {
            return json(
                    status,
                    "{\"success\":false,\"status\":" + status + ",\"error\":\"" + name + "\",\"message\":\"told so\""
                            + more + "}");
        }

        Reply with(String header, String value) {
            return new Reply(status, body, type, Map.of(header, value));
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        Reply withText(String text) {
            return new Reply(status, text.getBytes(StandardCharsets.UTF_8), type, headers);
        }
    }

    /** Decides about a request. */
    interface Mischief {
        Reply answer(Request request, Front front) throws Exception;
    }

    private Front(String behind) throws IOException {
        this.behind = behind;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        http.start();
    }

    /** One that has a server behind it. */
    static Front of(int port) throws IOException {
        return new Front("http://127.0.0.1:" + port);
    }

    /** One that has nothing behind it. */
    static Front alone(Mischief mischief) throws IOException {
        Front front = new Front(NOWHERE);
        front.mischief = mischief;
        return front;
    }

    void doing(Mischief other) {
        mischief = other;
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    long count(String method, String pathBegin) {
        return requests.stream()
                .filter(request -> request.method.equals(method) && request.path.startsWith(pathBegin))
                .count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    exchange.getRequestBody().readAllBytes());
            requests.add(request);
            Reply reply = mischief.answer(request, this);
            if (reply == null) {
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", reply.type);
            reply.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            exchange.sendResponseHeaders(reply.status, reply.body.length == 0 ? -1 : reply.body.length);
            exchange.getResponseBody().write(reply.body);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** What the server behind answers. */
    Reply passOn(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(behind + request.path));
        for (String header : List.of("Accept", "Content-Type", "Idempotency-Key", "Authorization")) {
            if (request.headers.containsKey(header)) {
                builder.header(header, request.headers.get(header));
            }
        }
        builder.method(
                request.method,
                request.body.length == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(request.body));
        HttpResponse<byte[]> response = onward.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Reply(
                response.statusCode(),
                response.body(),
                response.headers().firstValue("Content-Type").orElse(""),
                Map.of());
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}

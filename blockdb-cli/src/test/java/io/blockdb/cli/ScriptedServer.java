package io.blockdb.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A server that answers what it was told to, in that order, and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {
    /** What was asked: the path as it came, query included. */
    record Asked(String method, String path, Map<String, List<String>> headers, String body) {
        /** The value of a header, or an empty text. */
        String header(String name) {
            return String.join(",", headers.getOrDefault(name, List.of()));
        }

        @Override
        public String toString() {
            return method + " " + path + (body.isEmpty() ? "" : " " + body);
        }
    }

    /** What happens to a request. */
    interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer http;
    private final boolean secure;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConcurrentLinkedQueue<Reply> script = new ConcurrentLinkedQueue<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    ScriptedServer() throws IOException {
        this(HttpServer.create(loopback(), 0), false);
    }

    private ScriptedServer(HttpServer http, boolean secure) {
        this.http = http;
        this.secure = secure;
        http.createContext("/", this::answer);
        http.setExecutor(threads);
        http.start();
    }

    /** One that speaks TLS, and asks who the client is if need be. */
    static ScriptedServer secure(SSLContext context, boolean needClient) throws IOException {
        HttpsServer https = HttpsServer.create(loopback(), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = context.getDefaultSSLParameters();
                ssl.setNeedClientAuth(needClient);
                parameters.setSSLParameters(ssl);
            }
        });
        return new ScriptedServer(https, true);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        asked.add(new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                Map.copyOf(exchange.getRequestHeaders()),
                new String(body, StandardCharsets.UTF_8)));
        Reply reply = script.poll();
        if (reply == null) {
            send(exchange, 500, "text/plain", "nothing more was expected");
        } else {
            reply.to(exchange);
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The next request is answered by this. */
    ScriptedServer then(Reply reply) {
        script.add(reply);
        return this;
    }

    /** The next request is answered with JSON, in which quotes are single. */
    ScriptedServer json(int status, String body) {
        return then(exchange -> send(exchange, status, "application/json", body.replace('\'', '"')));
    }

    /** The next request is answered with a text. */
    ScriptedServer text(int status, String type, String body) {
        return then(exchange -> send(exchange, status, type, body));
    }

    /** The next request is answered with a problem, and further fields of it. */
    ScriptedServer problem(int status, String error, String message, String more) {
        String body = "{'title':'%s','status':%s,'success':false,'error':'%s','message':'%s'%s}"
                .formatted(error, status, error, message, more);
        return then(exchange -> send(exchange, status, "application/problem+json", body.replace('\'', '"')));
    }

    /** The next request is answered with a problem that says when to ask again. */
    ScriptedServer busy(int status, String error, String message) {
        String body = "{\"error\":\"" + error + "\",\"message\":\"" + message + "\"}";
        return then(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "0");
            send(exchange, status, "application/problem+json", body);
        });
    }

    /** The connection of the next request breaks after it was read. */
    ScriptedServer broken() {
        return then(HttpExchange::close);
    }

    /** What was asked so far. */
    List<Asked> asked() {
        return asked;
    }

    /** The last that was asked. */
    Asked last() {
        return asked.get(asked.size() - 1);
    }

    /** Its address. */
    String url() {
        return (secure ? "https" : "http") + "://localhost:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}

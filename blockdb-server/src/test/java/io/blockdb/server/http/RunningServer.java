package io.blockdb.server.http;

import io.blockdb.server.Server;
import io.blockdb.server.config.ServerConfig;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A server on a free port of the loopback, and raw requests to it: what a client library would mend, goes out as it is. */
final class RunningServer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    /** Null where somebody else runs it. */
    private final Server server;

    private final int port;

    private RunningServer(Server server, int port) {
        this.server = server;
        this.port = port;
    }

    /** One that somebody else runs, on a port of the loopback. */
    static RunningServer at(int port) {
        return new RunningServer(null, port);
    }

    /** A server whose settings are the defaults, but for some (by their full names). */
    RunningServer(Path directory, Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("database.data_dir", directory.toString());
        all.putIfAbsent("server.port", "0");
        this.server = Server.start(ServerConfig.of(all));
        this.port = server.port();
    }

    RunningServer(Path directory) throws IOException {
        this(directory, Map.of());
    }

    int port() {
        return port;
    }

    /** An answer. */
    record Answer(int status, String head, String body) {
        String header(String name) {
            for (String line : head.split("\r\n", -1)) {
                if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return "";
        }

        /** A field of the body, as it stands there, without quotes. */
        String field(String name) {
            int at = body.indexOf("\"" + name + "\":");
            if (at < 0) {
                return "";
            }
            int from = at + name.length() + 3;
            if (body.charAt(from) == '"') {
                return body.substring(from + 1, body.indexOf('"', from + 1));
            }
            int to = from;
            while (to < body.length() && ",}]".indexOf(body.charAt(to)) < 0) {
                to++;
            }
            return body.substring(from, to);
        }
    }

    Answer get(String path, String... headers) throws IOException {
        return send("GET", path, null, headers);
    }

    Answer post(String path, String body, String... headers) throws IOException {
        return send("POST", path, body, headers);
    }

    Answer send(String method, String path, String body, String... headers) throws IOException {
        return send(port(), method, path, body, headers);
    }

    /** As {@link #send}, to whoever listens on a port. */
    static Answer send(int port, String method, String path, String body, String... headers) throws IOException {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (body != null) {
            if (String.join("\n", headers).indexOf("Content-Type") < 0) {
                request.append("Content-Type: application/json\r\n");
            }
            request.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        return raw(port, request.append("\r\n").append(body == null ? "" : body).toString());
    }

    /** Sends text as it is, and reads until the server hangs up. */
    Answer raw(String request) throws IOException {
        return raw(port(), request);
    }

    /** As {@link #raw}, to whoever listens on a port. */
    static Answer raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return read(socket.getInputStream());
        }
    }

    /** As {@link #raw}, until a line has come that holds a text: of an answer that does not end. */
    static Answer rawUntil(int port, String request, String last) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder head = new StringBuilder();
            for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
                head.append(line).append("\r\n");
            }
            StringBuilder body = new StringBuilder();
            long begun = System.nanoTime();
            for (String line = ""; !line.contains(last); body.append(line).append('\n')) {
                line = in.readLine();
                if (line == null || System.nanoTime() - begun > TIMEOUT_MILLIS * 1_000_000L) {
                    throw new IOException("no line with " + last + " came: " + body);
                }
            }
            return new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), body.toString());
        }
    }

    /** Reads an answer, up to the end of the stream. */
    static Answer read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        in.transferTo(bytes);
        String all = bytes.toString(StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        String head = end < 0 ? all : all.substring(0, end);
        int status = head.startsWith("HTTP/1.1 ") ? Integer.parseInt(head.substring(9, 12)) : 0;
        String body = end < 0 ? "" : all.substring(end + 4);
        return new Answer(status, head, head.contains("chunked") ? unchunked(body) : body);
    }

    private static String unchunked(String body) {
        StringBuilder whole = new StringBuilder();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int line = at;
            while (bytes[line] != '\r') {
                line++;
            }
            int length = Integer.parseInt(new String(bytes, at, line - at, StandardCharsets.US_ASCII), 16);
            whole.append(new String(bytes, line + 2, length, StandardCharsets.UTF_8));
            at = line + 2 + length + 2;
        }
        return whole.toString();
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }
}

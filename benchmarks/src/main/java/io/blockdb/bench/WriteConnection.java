package io.blockdb.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Writes over one kept connection, as bytes: a client library would cost more than the server here.
 *
 * <p>Threading: one thread.
 */
final class WriteConnection implements AutoCloseable {
    static final String TABLE = "watched";

    private final Socket socket;
    private final InputStream in;

    WriteConnection(InetSocketAddress server) throws IOException {
        this.socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Makes the table whose keys take one revision after the other. */
    void createTable() throws IOException {
        post("/api/v1/tables", "{\"name\":\"" + TABLE + "\",\"policy\":\"versioned\"}");
    }

    /** Puts a key; returns the entry's sequence. */
    long put(String key, int valueSize) throws IOException {
        String answer = post(
                "/api/v1/put",
                "{\"table\":\"" + TABLE + "\",\"key\":\"" + key + "\",\"value\":\"" + "x".repeat(valueSize) + "\"}");
        int at = answer.indexOf("\"sequence_number\":") + 18;
        int end = at;
        while (Character.isDigit(answer.charAt(end))) {
            end++;
        }
        return Long.parseLong(answer.substring(at, end));
    }

    private String post(String path, String body) throws IOException {
        String request =
                "POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        int length = 0;
        for (String line; !(line = line()).isEmpty(); ) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        String answer = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!status.startsWith("HTTP/1.1 2")) {
            throw new IOException(status + ": " + answer);
        }
        return answer;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) {
                throw new EOFException("the server hung up");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

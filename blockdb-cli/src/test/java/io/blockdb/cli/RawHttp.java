package io.blockdb.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** HTTP without a client that would mend what is wrong: bytes go out as they are. */
final class RawHttp {
    static final int TIMEOUT_MILLIS = 60_000;

    /** An answer; status 0 where the connection was closed without one. */
    record Answer(int status, String text) {}

    private RawHttp() {}

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Answer get(int port, String target) throws IOException {
        return send(port, bytes("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    }

    /** A POST of JSON, with a length that is right. */
    static byte[] post(String target, byte[] body) {
        return concat(
                bytes("POST " + target
                        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        + "Content-Length: " + body.length + "\r\n\r\n"),
                body);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /** Sends bytes, says that there are no more, and reads until the server hangs up. */
    static Answer send(int port, byte[]... parts) throws IOException {
        try (Socket socket = connect(port)) {
            try {
                for (byte[] part : parts) {
                    socket.getOutputStream().write(part);
                }
                socket.shutdownOutput();
            } catch (SocketException hungUp) {
                // It has seen enough; what it answered may still be there to be read.
                return read(socket.getInputStream());
            }
            return read(socket.getInputStream());
        }
    }

    /** Reads until the server hangs up. */
    static Answer read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException reset) {
            // Bytes that it never read make the system reset the connection; what came before counts.
            return answer(all);
        }
        return answer(all);
    }

    private static Answer answer(ByteArrayOutputStream all) {
        String text = all.toString(StandardCharsets.UTF_8);
        boolean http = text.startsWith("HTTP/1.1 ") && text.length() > 12;
        return new Answer(http ? Integer.parseInt(text.substring(9, 12)) : 0, text);
    }
}

package io.blockdb.cli.remote;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself.
 *
 * @param status such as {@code healthy}
 * @param version the server's version
 * @param cause why it is not healthy, or null
 * @param warnings what its operator should know, such as that it listens without TLS
 * @param height height of its newest block, -1 where there is none
 * @param entries number of its entries
 */
public record Health(
        String status, String version, @Nullable String cause, List<String> warnings, long height, long entries) {
    /** Whether the server reads and writes. */
    public boolean isHealthy() {
        return status.equals("healthy");
    }

    static Health of(Answer answer) throws IOException {
        // A server that cannot serve tells so with another status, and the same fields.
        if (!answer.isJson()) {
            throw new IOException(answer.notOurs());
        }
        Fields fields = answer.fields();
        if (!fields.has("blockchain_height")) {
            Refusal.check(answer);
        }
        String version = fields.textOrNull("version");
        return new Health(
                fields.text("status"),
                version == null ? "unknown" : version,
                fields.textOrNull("cause"),
                fields.texts("warnings"),
                fields.number("blockchain_height"),
                fields.number("total_records", 0));
    }
}

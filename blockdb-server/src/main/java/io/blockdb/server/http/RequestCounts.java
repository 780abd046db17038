package io.blockdb.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many requests there were, by what they were for. */
final class RequestCounts {
    private static final Map<String, String> NAMES = Map.of(
            "POST /api/v1/put", "puts",
            "GET /api/v1/get/<key>", "gets",
            "DELETE /api/v1/keys/<key>", "deletes",
            "POST /api/v1/batch", "batches",
            "GET /api/v1/scan", "scans",
            "GET /api/v1/history/<key>", "histories",
            "GET /api/v1/receipt/<key>", "receipts",
            "POST /verify", "verifications");

    private RequestCounts() {}

    /** Writes them, from counts by method, route and status. */
    static void write(JsonGenerator json, Map<String, Long> counts) throws IOException {
        Map<String, Long> sums = new LinkedHashMap<>();
        for (String name : new String[] {
            "puts", "gets", "deletes", "batches", "scans", "histories", "receipts", "verifications", "other"
        }) {
            sums.put(name, 0L);
        }
        long total = 0;
        long refused = 0;
        long failed = 0;
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            int space = count.getKey().lastIndexOf(' ');
            char kind = count.getKey().charAt(space + 1);
            total += count.getValue();
            refused += kind == '4' ? count.getValue() : 0;
            failed += kind == '5' ? count.getValue() : 0;
            sums.merge(NAMES.getOrDefault(count.getKey().substring(0, space), "other"), count.getValue(), Long::sum);
        }
        json.writeNumberField("requests", total);
        json.writeNumberField("refused", refused);
        json.writeNumberField("failed", failed);
        for (Map.Entry<String, Long> sum : sums.entrySet()) {
            json.writeNumberField(sum.getKey(), sum.getValue());
        }
    }
}

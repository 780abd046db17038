package io.blockdb.cli;

import io.blockdb.db.VerifyReport;
import io.blockdb.db.VerifyReport.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a verification. */
final class VerifyFields {
    private static final List<Column> COLUMNS = List.of(
            Column.flag("blockchain_valid", ""),
            Column.number("blocks_verified", ""),
            Column.number("entries_verified", ""),
            Column.number("verification_time_ms", ""),
            Column.number("bytes_read", ""),
            Column.flag("direct_reads", ""));

    private static final List<Column> FAILED = List.of(
            new Column("first_failure", "", Column.Kind.OBJECT),
            new Column("failures", "", Column.Kind.OBJECT),
            Column.number("failures_omitted", ""));

    private static final Column NOTES = new Column("notes", "", Column.Kind.OBJECT);

    private VerifyFields() {}

    static void write(VerifyReport report, Output out) throws IOException {
        List<Column> columns = new ArrayList<>(COLUMNS);
        List<@Nullable Object> cells = new ArrayList<>();
        cells.add(report.valid());
        cells.add(report.blocks());
        cells.add(report.entries());
        cells.add(report.micros() / 1000);
        cells.add(report.bytes());
        cells.add(report.direct());
        if (!report.valid()) {
            columns.addAll(FAILED);
            List<Map<String, @Nullable Object>> failures = new ArrayList<>();
            for (Failure failure : report.failures()) {
                failures.add(fields(failure));
            }
            cells.add(failures.get(0));
            cells.add(failures);
            cells.add(report.failuresOmitted());
        }
        if (!report.notes().isEmpty()) {
            columns.add(NOTES);
            cells.add(report.notes());
        }
        try (Rows rows = Rows.object(out, columns, false)) {
            rows.add(cells.toArray());
        }
    }

    private static Map<String, @Nullable Object> fields(Failure failure) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("file", failure.file());
        fields.put("offset", failure.offset());
        fields.put("height", failure.height() < 0 ? null : failure.height());
        fields.put("sequence", failure.sequence() < 0 ? null : failure.sequence());
        fields.put("table", failure.table() == null ? null : failure.table().toString());
        byte[] key = failure.key();
        if (key == null) {
            fields.put("key", null);
        } else {
            String text = Text.decode(key);
            fields.put("key", text != null ? text : Base64.getEncoder().encodeToString(key));
            fields.put("encoding", text != null ? "text" : "base64");
        }
        fields.put("expected", failure.expected());
        fields.put("found", failure.found());
        fields.put("reason", failure.reason());
        return fields;
    }
}

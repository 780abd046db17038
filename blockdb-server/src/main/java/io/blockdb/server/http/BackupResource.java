package io.blockdb.server.http;

import io.blockdb.db.BackupOptions;
import io.blockdb.db.BackupRefusedException;
import io.blockdb.db.BackupReport;
import io.blockdb.server.node.Node;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Backups, on the machine of the server: beneath the one directory that its configuration names, so that nobody who asks over HTTP
 * chooses what is written to.
 *
 * <p>Threading: any thread; one backup at a time.
 */
public final class BackupResource {
    private static final int RETRY_AFTER_SECONDS = 10;
    /** Nothing that leads elsewhere, or hides. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Node node;
    private final @Nullable Path directory;
    private final AtomicBoolean running = new AtomicBoolean();

    /** @param directory beneath which backups are written; null: none are */
    public BackupResource(Node node, @Nullable Path directory) {
        this.node = node;
        this.directory = directory;
    }

    /** Its routes. */
    public List<Route> routes() {
        return List.of(new Route(HandlerType.POST, "/api/v1/backup", Access.ADMIN, Body.small(this::backup)));
    }

    private void backup(Context ctx) throws IOException {
        String name = JsonBody.of(ctx, "name").needed("name");
        if (!NAME.matcher(name).matches()) {
            throw Problem.invalid("name must be 1 to 100 letters, digits, points, dashes and underscores, the first a"
                    + " letter or digit, is '" + Shown.text(name) + "'");
        }
        Path parent = directory;
        if (parent == null) {
            throw new Problem(
                    Problem.Kind.CONFLICT,
                    "this server writes no backups: backup_dir in [database] of its configuration says where to");
        }
        if (!running.compareAndSet(false, true)) {
            throw new Problem(Problem.Kind.CONFLICT, "a backup is being written: one at a time")
                    .retryAfter(RETRY_AFTER_SECONDS);
        }
        try {
            Files.createDirectories(parent);
            Path target = parent.resolve(name).toAbsolutePath().normalize();
            answer(ctx, target, node.database().backup(target, BackupOptions.DEFAULT, (done, total) -> {}));
        } catch (BackupRefusedException e) {
            throw new Problem(Problem.Kind.CONFLICT, String.valueOf(e.getMessage()));
        } finally {
            running.set(false);
        }
    }

    private static void answer(Context ctx, Path target, BackupReport report) {
        ctx.contentType("application/json").result(Json.success(json -> {
            json.writeStringField("directory", target.toString());
            json.writeStringField("ledger_id", report.ledgerId().toString());
            json.writeNumberField("blocks", report.blocks());
            json.writeNumberField("entries", report.entries());
            json.writeNumberField("checkpoint_size", report.checkpointSize());
            json.writeStringField("not_signed", report.notSigned());
            json.writeNumberField("files_kept", report.filesKept());
            json.writeNumberField("files_linked", report.filesLinked());
            json.writeNumberField("files_copied", report.filesCopied());
            json.writeNumberField("bytes_copied", report.bytesCopied());
            json.writeNumberField("erased_kept", report.erasedKept());
            json.writeBooleanField("with_keys", report.withKeys());
            json.writeBooleanField("recorded", report.recorded());
        }));
    }
}

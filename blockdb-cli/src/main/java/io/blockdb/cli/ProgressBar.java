package io.blockdb.cli;

/** Shows on a terminal how far a long command has got; elsewhere it shows nothing. */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final Messages messages;
    private final Cancellation cancellation;
    private final boolean visible;
    private final String title;
    private long drawnAt;
    private boolean drawn;

    ProgressBar(Session session, String title) {
        this.messages = session.messages();
        this.cancellation = session.cancellation();
        this.visible = session.streams().errIsTerminal()
                && !session.streams().variable("TERM").equals("dumb");
        this.title = title;
        this.drawnAt = System.nanoTime() - REDRAW_NANOS / 2;
    }

    /**
     * Draws the bar, at most ten times a second, unless the command was cancelled.
     *
     * @param total of which {@code done} is done; 0 where that is not known
     * @param detail what else there is to say
     */
    void show(long done, long total, String detail) {
        cancellation.check();
        long now = System.nanoTime();
        if (!visible || now - drawnAt < REDRAW_NANOS) {
            return;
        }
        drawnAt = now;
        drawn = true;
        String text;
        if (total <= 0) {
            text = title + " " + Sizes.format(done) + ", " + detail;
        } else {
            double part = Math.min(1, (double) done / total);
            int full = (int) (part * CELLS);
            text = "%s [%s%s] %3d %%, %s"
                    .formatted(title, "#".repeat(full), ".".repeat(CELLS - full), (int) (part * 100), detail);
        }
        messages.stream().print("\r\u001b[K" + text);
        messages.stream().flush();
    }

    /** Wipes the bar's line, so that what follows stands there. */
    void clear() {
        if (drawn) {
            messages.stream().print("\r\u001b[K");
            messages.stream().flush();
            drawn = false;
        }
    }

    @Override
    public void close() {
        clear();
    }
}

package io.blockdb.cli;

import java.util.Locale;

/** Shows how far a long command has got: as a bar on a terminal, elsewhere not at all, or as a line now and then. */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 20;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final long LINE_NANOS = 10_000_000_000L;

    /** From when on the time that is left can be told, in nanoseconds. */
    private static final long ESTIMATE_NANOS = 1_000_000_000;

    private final Streams streams;
    private final Messages messages;
    private final Cancellation cancellation;
    private final boolean terminal;
    private final boolean visible;
    private final String title;
    private final long begunAt;
    /** What was done before this command: its rate is that of what came since. */
    private long doneBefore;

    private long shownAt;
    private boolean drawn;
    /** Of the terminal, 0 before it was asked. */
    private int columns;

    /** A bar on a terminal, nothing elsewhere. */
    ProgressBar(Session session, String title) {
        this(session, title, false);
    }

    /** @param lines whether it is told by a line every ten seconds where there is no terminal */
    ProgressBar(Session session, String title, boolean lines) {
        this.streams = session.streams();
        this.messages = session.messages();
        this.cancellation = session.cancellation();
        this.terminal = session.streams().errIsTerminal()
                && !session.streams().variable("TERM").equals("dumb");
        this.visible = terminal || lines;
        this.title = title;
        this.begunAt = System.nanoTime();
        this.shownAt = terminal ? begunAt - REDRAW_NANOS / 2 : begunAt;
    }

    /**
     * Draws the bar, at most ten times a second, unless the command was cancelled.
     *
     * @param total of which {@code done} is done; 0 where that is not known
     * @param detail what else there is to say
     */
    void show(long done, long total, String detail) {
        if (due()) {
            print(bar(done, total, detail));
        }
    }

    /** Says what was done before this command. */
    void startAt(long done) {
        doneBefore = done;
    }

    /** As {@link #show}, with the time that is left. */
    void showWithTimeLeft(long done, long total, String detail) {
        if (due()) {
            print(bar(done, total, detail + timeLeft(done, total)));
        }
    }

    /** Whether anything would be shown now, unless the command was cancelled: else nothing need be put into words. */
    boolean due() {
        cancellation.check();
        return visible && System.nanoTime() - shownAt >= (terminal ? REDRAW_NANOS : LINE_NANOS);
    }

    private String bar(long done, long total, String detail) {
        if (total <= 0) {
            return title + " " + Sizes.format(done) + ", " + detail;
        }
        double part = Math.min(1, (double) done / total);
        int full = (int) (part * CELLS);
        String percent = String.format(Locale.ROOT, "%3d %%, %s", (int) (part * 100), detail);
        return terminal
                ? "%s [%s%s] %s".formatted(title, "#".repeat(full), ".".repeat(CELLS - full), percent)
                : title + " " + percent;
    }

    private String timeLeft(long done, long total) {
        long elapsed = System.nanoTime() - begunAt;
        long sofar = done - doneBefore;
        if (total <= 0 || sofar <= 0 || elapsed < ESTIMATE_NANOS) {
            return "";
        }
        long seconds = (long) Math.ceil((double) elapsed / sofar * Math.max(0, total - done) / 1e9);
        return ", " + time(seconds) + " left";
    }

    private static String time(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private void print(String text) {
        shownAt = System.nanoTime();
        if (terminal) {
            drawn = true;
            if (columns == 0) {
                columns = TerminalWidth.columns(streams);
            }
            // Of a bar that goes on in the next line only that line could be wiped.
            messages.stream().print("\r\u001b[K" + TerminalWidth.cut(text, columns - 1));
            messages.stream().flush();
        } else {
            messages.line(text.strip());
        }
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

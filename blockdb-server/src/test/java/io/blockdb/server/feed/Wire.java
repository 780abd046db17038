package io.blockdb.server.feed;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A connection in memory, whose other side takes what is sent: at once, some time later, not at all, or until it breaks. */
final class Wire implements Outlet {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Executor answers;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    /** After so many bytes it breaks. */
    private final int breaksAfter;

    private boolean stuck;
    private @Nullable Written held;
    private boolean ended;
    private boolean broken;
    private int largest;
    /** Bytes taken that end a line: each event has three. */
    private int lines;

    private Wire(Executor answers, int breaksAfter) {
        this.answers = answers;
        this.breaksAfter = breaksAfter;
    }

    /** One that takes everything at once. */
    static Wire open() {
        return new Wire(Runnable::run, Integer.MAX_VALUE);
    }

    /** One whose writes are answered by others, and which breaks after some bytes. */
    static Wire breaking(Executor answers, int bytes) {
        return new Wire(answers, bytes);
    }

    /** One whose other side reads nothing, until {@link #unstick}. */
    static Wire stuck() {
        Wire wire = open();
        wire.stuck = true;
        return wire;
    }

    @Override
    public void write(ByteBuffer bytes, Written answer) {
        Throwable failure = null;
        synchronized (this) {
            assertTrue(held == null, "two writes at a time");
            assertTrue(!ended, "a write behind the end");
            largest = Math.max(largest, bytes.remaining());
            byte[] part = new byte[Math.min(bytes.remaining(), breaksAfter - taken.size())];
            boolean breaks = part.length < bytes.remaining();
            bytes.get(part);
            taken.writeBytes(part);
            for (byte b : part) {
                lines += b == '\n' ? 1 : 0;
            }
            if (broken || breaks) {
                broken = true;
                failure = new IOException("broken");
            } else if (stuck) {
                held = answer;
                notifyAll();
                return;
            }
            notifyAll();
        }
        Throwable why = failure;
        answers.execute(() -> answer.over(why));
    }

    /** Lets the other side read again. */
    void unstick() {
        Written answer;
        synchronized (this) {
            stuck = false;
            answer = held;
            held = null;
        }
        if (answer != null) {
            answer.over(null);
        }
    }

    @Override
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public void abort() {
        Written answer;
        synchronized (this) {
            broken = true;
            answer = held;
            held = null;
            notifyAll();
        }
        if (answer != null) {
            answer.over(new IOException("broken off"));
        }
    }

    /** Waits until a condition holds that changes with what is received. */
    synchronized void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            assertTrue(
                    left > 0,
                    () -> "not received in time; so far: " + received().events());
            try {
                wait(Math.min(left, 100));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Waits until so many events came. */
    Received awaitEvents(int count) {
        await(() -> lines >= 3 * count && received().events().size() >= count);
        return received();
    }

    /** Waits until the stream has ended or broken. */
    Received awaitOver() {
        await(this::isOver);
        return received();
    }

    synchronized boolean isOver() {
        return ended || broken;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    synchronized Received received() {
        return new Received(taken.toByteArray());
    }

    synchronized int bytes() {
        return taken.size();
    }

    synchronized int largestWrite() {
        return largest;
    }
}

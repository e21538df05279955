package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Causes.Kind;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The report of what the reader of a receiver does, and for how long. Nobody measures that for each message: it is known since when what
 * stands first has stood there from the moment that somebody looked. Guarded by the core's lock.
 *
 * @see "docs/design.md: Reasons"
 */
public final class ReaderReport {

    /** What a reader does. */
    public enum Activity {
        HANDLING,
        WAITING,
        RETRYING,
        GONE,
        IDLE,
        NO_DEMAND,
        NOT_READ
    }

    /**
     * The state of a reader.
     *
     * @param thread the thread that reads, or was last given something; null for none
     * @param firstUnfinished the first unfinished number; 0 for none
     * @param isInHand whether that is in hand
     * @param nanos for how long that has been so, at least; 0 if nobody has looked before
     * @param attempt how many times its handler has failed, and is called again
     * @param retryingSince for how long it has been so
     */
    public record State(
            Activity activity,
            @Nullable Thread thread,
            long firstUnfinished,
            boolean isInHand,
            long nanos,
            int attempt,
            Duration retryingSince) {

        /** Returns its thread, in words; empty for none. */
        public String reader() {
            return thread == null ? "" : "thread " + Texts.name(thread);
        }

        /** Says where its thread is that has something in hand; empty where nobody knows. To be called without a lock. */
        public String at() {
            return isInHand && thread != null ? Texts.at(thread) : "";
        }
    }

    private final Endpoint<?> endpoint;

    // what was seen last

    private long first;
    private boolean isInHand;
    private long nanoTime;

    ReaderReport(Endpoint<?> endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Notes what stands first, to tell later for how long it has.
     *
     * @return for how long it has, at least, in nanoseconds; 0 if nobody has looked before
     */
    public long look() {
        if (isAsSeen()) {
            return System.nanoTime() - nanoTime;
        }
        first = endpoint.firstUnfinished();
        isInHand = endpoint.hasInHand();
        nanoTime = System.nanoTime();
        return 0;
    }

    private boolean isAsSeen() {
        return first != 0 && first == endpoint.firstUnfinished() && isInHand == endpoint.hasInHand();
    }

    /** For how long what stands first has stood so, at least; 0 if nobody has looked. */
    private long age() {
        return isAsSeen() ? Causes.known(System.nanoTime() - nanoTime) : 0;
    }

    /** Returns what the reader does, and notes what stands first. */
    State state() {
        long nanos = look();
        Thread by = endpoint.readsOn;
        boolean isRead = by != null || endpoint.isRead();
        if (by == null && isRead) {
            by = endpoint.inside;
        }
        if (by == null) {
            by = endpoint.reader();
        }
        OwnedByReader.Retry retry = endpoint.retry;
        return new State(
                activity(by, isRead, retry),
                by,
                first,
                first != 0 && isInHand,
                nanos,
                retry == null ? 0 : retry.attempt(),
                retry == null ? Duration.ZERO : retry.age());
    }

    private Activity activity(@Nullable Thread by, boolean isRead, OwnedByReader.@Nullable Retry retry) {
        if (endpoint.stop != null) {
            return Activity.NOT_READ;
        }
        if (first == 0 || !isInHand) {
            return isRead ? Activity.IDLE : endpoint.hasSubscriber() ? Activity.NO_DEMAND : Activity.NOT_READ;
        }
        if (by == null || !by.isAlive()) {
            return Activity.GONE;
        }
        return retry != null && retry.waits()
                ? Activity.RETRYING
                : Wait.of(by) != null ? Activity.WAITING : Activity.HANDLING;
    }

    /** Says what the reader has in hand, in words that follow "the reader", for exceptions. */
    public String describe() {
        String code = code();
        long sequence = endpoint.firstUnfinished();
        return describeLink()
                + (!endpoint.hasInHand() ? " with nothing in hand" : doing(code, sequence) + Causes.forAtLeast(age()))
                + endpoint.describeRetry();
    }

    /** Names the link that reads; empty where it is no link. */
    private String describeLink() {
        Downstream link = endpoint.downstream;
        return link == null ? "" : ", " + link + ",";
    }

    /** Returns what is called with each message: a handler or a stage; null where it is given to a thread, or to a plain link. */
    private @Nullable String code() {
        Downstream link = endpoint.downstream;
        return link != null ? link.isStage() ? "stage" : null : endpoint.readsOn != null ? "handler" : null;
    }

    private static String doing(@Nullable String code, long sequence) {
        return code == null ? " with " + sequence + " in hand" : " in the " + code + " of " + sequence;
    }

    /**
     * Adds why a message is not finished.
     *
     * @param sequence the first that is not
     */
    void explain(long sequence, Causes causes) {
        long nanos = Causes.known(look());
        String name = endpoint.name;
        Thread readsOn = endpoint.readsOn;
        String link = describeLink();
        if (endpoint.hasInHand()) {
            Thread by = readsOn == null ? endpoint.reader() : readsOn;
            String code = code();
            causes.then(() -> explain(by, link, code, sequence, nanos, causes));
        } else if (readsOn == null && endpoint.hasSubscriber()) {
            String subscriber = causes.of(name, "its subscriber", "the subscriber of");
            causes.add(Kind.NOT_READ, name, sequence, nanos, subscriber + " demands nothing");
        } else if (readsOn == null) {
            causes.add(Kind.NOT_READ, name, sequence, nanos, causes.of(name, "it", "receiver") + " has no reader");
        } else {
            String reader = causes.of(name, "its reader", "the reader of");
            causes.add(Kind.NOT_READ, name, sequence, nanos, reader + link + " has nothing in hand");
        }
    }

    /** Adds why a message in hand is not finished. Without a lock. */
    private void explain(
            @Nullable Thread by, String link, @Nullable String code, long sequence, long nanos, Causes causes) {
        String name = endpoint.name;
        String reader = causes.of(name, "its reader", "the reader of") + link;
        Wait waits = by == null ? null : Wait.of(by);
        OwnedByReader.Retry retry = endpoint.retry;
        if (by == null || !by.isAlive()) {
            causes.add(Kind.NOT_READ, name, sequence, nanos, reader + " has ended" + doing(code, sequence));
        } else if (retry != null && retry.waits()) {
            long age = Causes.known(retry.age().toNanos());
            String what = " is to handle " + sequence + " again" + endpoint.describeRetry() + Causes.forSome(age);
            causes.add(Kind.RETRYING, name, sequence, age, reader + what);
        } else if (waits != null) {
            long age = Causes.known(waits.age());
            String what = " waits" + doing(code, sequence) + " for " + waits.describe() + Causes.forSome(age);
            causes.add(Kind.WAITING, name, sequence, age, reader + what + Texts.where(by));
            causes.then(by, waits);
        } else {
            String what = code != null
                    ? (nanos == 0 ? " is" : " has been") + doing(code, sequence)
                    : (nanos == 0 ? " has " : " has had ") + sequence + " in hand";
            causes.add(
                    Kind.HANDLING, name, sequence, nanos, reader + what + Causes.forAtLeast(nanos) + Texts.where(by));
        }
    }
}

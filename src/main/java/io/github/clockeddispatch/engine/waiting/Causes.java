package io.github.clockeddispatch.engine.waiting;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The causes of why something has not come yet: each is the cause of the one before, and the last tells what must go on first. It follows
 * the wait-for graph, one edge of each node, from a clock to the thread that holds it back, to what that waits for, and so on.
 *
 * @see "docs/design.md: Reasons"
 */
public final class Causes {

    /** The kinds of causes. */
    public enum Kind {
        HANDLING,
        WAITING,
        NO_ROOM,
        NOT_READ,
        NOT_NUMBERED,
        HELD_BACK,
        RETRYING,
        FAILED,
        CLOSED
    }

    /**
     * A cause.
     *
     * @param name whose it is: a receiver's, a sender's, a source's, a dispatcher's
     * @param sequence the number that it is about; 0 for none
     * @param nanos for how long it has been so, at least; 0 if nobody knows
     * @param detail it in words
     */
    public record Cause(Kind kind, String name, long sequence, long nanos, String detail) {}

    /** What is shorter reads as "0.0 ms". */
    private static final long SHORT = 50_000;

    /** Whom the text is about at first; empty where it says so itself. */
    private final String about;

    private final List<Cause> causes = new ArrayList<>();
    private final Set<Object> asked = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable Runnable next;

    private Causes(String about) {
        this.about = about;
    }

    /** Returns why a clock has not reached a number; empty where it has meanwhile. Called without a lock. */
    public static List<Cause> of(Blockers.Node clock, long sequence) {
        return of("", causes -> causes.then(clock, sequence));
    }

    /** One that adds the first causes. */
    @FunctionalInterface
    public interface First {
        void explain(Causes causes);
    }

    /**
     * Returns what begins with these causes. Called without a lock.
     *
     * @param about whom the text is about at first
     */
    public static List<Cause> of(String about, First first) {
        var causes = new Causes(about);
        first.explain(causes);
        while (causes.next != null) {
            Runnable step = causes.next;
            causes.next = null;
            step.run();
        }
        return causes.causes;
    }

    // ---- called by those who are asked, also under a lock

    public void add(Kind kind, String name, long sequence, long nanos, String detail) {
        causes.add(new Cause(kind, name, sequence, nanos, detail));
    }

    /** Goes on with another clock, when no lock is held, unless that was asked before. */
    public void then(Blockers.Node clock, long sequence) {
        if (asked.add(clock)) {
            next = () -> clock.explain(sequence, this);
        }
    }

    /** Goes on with what a thread waits for, unless that was asked before: then the causes go round, and all is said. */
    public void then(Thread thread, Wait waits) {
        if (asked.add(thread)) {
            waits.explain(this);
        }
    }

    /** Goes on with a step, when no lock is held. */
    public void then(Runnable step) {
        next = step;
    }

    /** Goes on with why something stopped, when no lock is held, as the text of a failure is foreign code. */
    public void thenStopped(Exceptions exceptions, String name, StopReason why) {
        next = () -> add(
                why.isFailure() ? Kind.FAILED : Kind.CLOSED,
                name,
                why.sequence(),
                0,
                Objects.requireNonNullElse(exceptions.of(why).getMessage(), why.what()));
    }

    /**
     * Returns a word or another for something of that name: one for where it was just mentioned.
     *
     * @param mentioned such as "its reader"
     * @param named such as "the reader of"; the name follows
     */
    public String of(String name, String mentioned, String named) {
        String last = causes.isEmpty() ? about : causes.get(causes.size() - 1).name;
        return last.equals(name) ? mentioned : named + " \"" + name + "\"";
    }

    // ---- words

    /** Returns them in words, in a row. */
    public static String describe(List<Cause> causes) {
        var text = new StringBuilder();
        for (int i = 0; i < causes.size(); i++) {
            Cause cause = causes.get(i);
            text.append(i == 0 ? "" : isReason(causes.get(i - 1), cause) ? " because " : "; ")
                    .append(cause.detail);
        }
        return text.toString();
    }

    private static boolean isReason(Cause before, Cause cause) {
        return cause.kind == Kind.NO_ROOM && (before.kind == Kind.NO_ROOM || before.kind == Kind.NOT_NUMBERED);
    }

    /** Returns a time, or 0 for "nobody knows" where it is too short to be told. */
    public static long known(long nanos) {
        return nanos < SHORT ? 0 : nanos;
    }

    /** Returns for how long, in words that begin with a comma; empty where nobody knows. */
    public static String forSome(long nanos) {
        return nanos == 0 ? "" : ", for " + Texts.duration(nanos);
    }

    /** Returns for how long, at least, in words that begin with a space; empty where nobody knows. */
    public static String forAtLeast(long nanos) {
        return nanos == 0 ? "" : " for at least " + Texts.duration(nanos);
    }
}

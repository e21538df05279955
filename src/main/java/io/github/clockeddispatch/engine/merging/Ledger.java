package io.github.clockeddispatch.engine.merging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Padding between what the forwarder writes and what stands before it in memory. */
abstract class BeforeLedger {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** The two words of a ledger. */
abstract class LedgerWords extends BeforeLedger {

    /** How many messages were accepted, times two; odd while it is sealed. */
    volatile long accepted;

    /** What was promised beside the messages; its complement while it is sealed. */
    volatile long promise;
}

/**
 * What a source of a merge has accepted and promised, in two words that are read by anybody. The thread that forwards writes the
 * messages into their lanes first, and then accepts them by one compare-and-set: that is the moment at which a message
 * exists, in all of its lanes, and a full fence too.
 *
 * <p>What is promised is the greater one of the word and of what the last message promises, which is its number; so to forward
 * need not write it. Who reads both reads the word first: then everything up to there can be seen in the lanes.
 *
 * <p>Under its owner's lock it can be <i>sealed</i>: then nothing is accepted or promised but under that lock, until the thread that
 * forwards has met the lock, and unseals it. So whoever has the lock may change what a forwarder finds, although that takes
 * no lock as a rule.
 *
 * @see "docs/design.md: The merge"
 */
public abstract class Ledger extends LedgerWords {

    /** Promises everything. */
    public static final long ALL = Long.MAX_VALUE;

    private static final VarHandle ACCEPTED;
    private static final VarHandle PROMISE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ACCEPTED = lookup.findVarHandle(LedgerWords.class, "accepted", long.class);
            PROMISE = lookup.findVarHandle(LedgerWords.class, "promise", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * The id of the thread that may forward and promise without the lock: the last one that has raised the promise as it forwarded under
     * the lock; 0 before there is one. Negative where the last one that forwarded has not raised it: then nobody may. Every other thread
     * promises under the lock, so that nothing is accepted that it has overtaken. An id, as the thread is not to be kept. Written under
     * the lock, while this is sealed.
     */
    private volatile long producer;

    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

    /**
     * Makes one with nothing accepted.
     *
     * @param promise where it stands
     */
    protected Ledger(long promise) {
        PROMISE.set(this, promise);
    }

    // ---- anybody

    /**
     * How many messages were accepted.
     *
     * @return the position behind the last one
     */
    public final long tail() {
        return accepted >>> 1;
    }

    /**
     * What was promised beside the messages. To be read before {@link #tail()}.
     *
     * @return the number; {@link #ALL} where nothing more will come
     */
    public final long promise() {
        long clock = upperClock(); // before the word, which takes its place in the end
        long word = promise;
        return Math.max(word < 0 ? ~word : word, clock);
    }

    /**
     * Where the clock stands that this source follows, which promises as well.
     *
     * @return the number; 0 where there is none
     */
    protected long upperClock() {
        return 0;
    }

    // ---- the thread that forwards, without the lock

    /**
     * What was promised beside the messages.
     *
     * @return the number; negative while it is sealed
     */
    protected final long ownPromise() {
        return (long) PROMISE.get(this);
    }

    /**
     * Where the next message is to stand.
     *
     * @return the position; negative while it is sealed
     */
    protected final long position() {
        long word = (long) ACCEPTED.get(this);
        return (word & 1) == 0 ? word >>> 1 : -1;
    }

    /**
     * Returns whether the calling thread is the producer.
     *
     * @return true if so; no other may accept anything without the lock
     */
    protected final boolean isProducer() {
        return producer == Thread.currentThread().threadId();
    }

    /**
     * Accepts what was written at a position.
     *
     * @param position where
     * @return false where it is sealed, and nothing was accepted
     */
    protected final boolean accept(long position) {
        return ACCEPTED.compareAndSet(this, position << 1, position + 1 << 1);
    }

    /**
     * Raises the promise; does nothing where it is there already.
     *
     * @param sequence what is promised
     * @return false where it is sealed, or another thread forwards, and nothing was promised
     */
    protected final boolean tryPromise(long sequence) {
        while (true) {
            long word = promise;
            if (word < 0) {
                return false;
            }
            if (word >= sequence) {
                return true;
            }
            if (!isOpenToPromises()) { // after the word, which who becomes the producer raises
                return false;
            }
            if (PROMISE.compareAndSet(this, word, sequence)) {
                return true;
            }
        }
    }

    /**
     * Returns whether no thread but the calling one forwards.
     *
     * @return true if so
     */
    protected final boolean isOpenToPromises() {
        long thread = producer;
        return thread == 0 || thread == Thread.currentThread().threadId();
    }

    // ---- under the lock

    /** Has the thread that forwards meet the lock before anything more is accepted or promised. */
    protected final void seal() {
        long word;
        do {
            word = accepted;
        } while ((word & 1) == 0 && !ACCEPTED.compareAndSet(this, word, word | 1));
        do {
            word = promise;
        } while (word >= 0 && !PROMISE.compareAndSet(this, word, ~word));
    }

    /**
     * Returns whether it is sealed.
     *
     * @return true if so
     */
    protected final boolean isSealed() {
        return promise < 0;
    }

    /** The thread that forwards has met the lock. */
    protected final void unseal() {
        long word = promise;
        if (word < 0) {
            promise = ~word;
        }
        accepted &= ~1L;
    }

    /**
     * Accepts what was written at the {@link #tail()}, while it is sealed.
     */
    protected final void acceptSealed() {
        accepted += 2;
    }

    /**
     * Raises the promise while it is sealed.
     *
     * @param sequence what is promised
     * @return false where it was there already
     */
    protected final boolean promiseSealed(long sequence) {
        if (sequence > ~promise) {
            promise = ~sequence;
            return true;
        }
        return false;
    }

    /**
     * The calling thread has accepted something, while this is sealed: it goes on without the lock, once the promise is raised too, so that
     * another thread that is about to raise it without the lock cannot.
     *
     * @param raised whether that was done
     */
    protected final void becomeProducer(boolean raised) {
        long id = Thread.currentThread().threadId();
        producer = raised || producer == id ? id : -id;
    }

    /** The calling thread has raised the promise while this is sealed: if it has forwarded last, it is the producer now. */
    protected final void raisedSealed() {
        long id = Thread.currentThread().threadId();
        if (producer == -id) {
            producer = id;
        }
    }
}

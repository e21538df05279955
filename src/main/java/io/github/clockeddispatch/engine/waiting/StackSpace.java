package io.github.clockeddispatch.engine.waiting;

/**
 * The check that there is stack left for what is about to be done, before any of it is: so that a thread which is about to
 * overflow its stack does so here, and neither with a lock nor in the midst of a step. It takes about a microsecond, so it is
 * not on the way of messages.
 *
 * @see "docs/design.md: Locks"
 */
public final class StackSpace {

    /** Some 10 kB of compiled frames, and more of interpreted ones. */
    private static final int FRAMES = 64;

    private StackSpace() {}

    /** Throws a {@code StackOverflowError} where there is too little. */
    public static void check() {
        var unused = use(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    }

    /** Keeps all of them in its frame over the call. */
    private static long use(
            int frames,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            long g,
            long h,
            long i,
            long j,
            long k,
            long l,
            long m,
            long n,
            long o,
            long p) {
        if (frames == 0) {
            return a;
        }
        long below = use(frames - 1, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a);
        return below ^ a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p;
    }
}

package io.github.clockeddispatch.engine.progress;

/**
 * The least of several keys, one for each lane, where mostly the key of the winner changes: a tournament tree as in Knuth, <i>The
 * Art of Computer Programming</i> 3, 5.4.1, that keeps the winner of each match.
 *
 * <p>A key is a number less a base, whether something is there, and the lane, in one word, so that the lesser of two is found
 * without a branch. "Not there" comes before "there" at the same number, and a lane that joined earlier before a later one.
 *
 * <p>For one thread at a time.
 *
 * @see "docs/design.md: The merge"
 */
public final class WinnerTree {

    /** How many lanes there can be. */
    static final int MOST_LANES = 1 << 16;

    /** The key of a lane whose number is too far from the base, and from here on of such lanes. */
    private static final long FAR = 1L << 60;

    /** The key of a lane on which nothing more comes, and from here on of such lanes. */
    private static final long CLOSED = 1L << 61;

    private static final int LANE_BITS = 16;
    private static final long REACH = 1L << 60 - 1 - LANE_BITS;

    private final int leaves;
    private final int levels;
    private final long[] keys;
    private long base;
    private long winner;

    /** The key of another lane than the winner's is not below this; {@code Long.MIN_VALUE} where that is not known. */
    private long second = Long.MIN_VALUE;

    /** Makes a tree where nothing comes on any lane. */
    public WinnerTree(int lanes, long base) {
        if (lanes > MOST_LANES) {
            throw new IllegalStateException("a receiver can have " + MOST_LANES + " sources at most, not " + lanes);
        }
        this.base = base;
        leaves = Integer.highestOneBit(Math.max(1, lanes * 2 - 1));
        levels = Integer.numberOfTrailingZeros(leaves);
        keys = new long[leaves * 2];
        for (int lane = 0; lane < leaves; lane++) {
            keys[leaves + lane] = CLOSED | lane;
        }
        rebuild();
    }

    // ---- keys

    /** Something with that number is there. */
    public long there(long sequence, int lane) {
        long distance = sequence - base;
        return distance < REACH ? (distance << 1 | 1) << LANE_BITS | lane : FAR | lane;
    }

    /** Nothing is there, and what comes is above what is promised. */
    public long notThere(long promised, int lane) {
        long distance = promised - base;
        return distance < REACH
                ? distance + 1 << 1 + LANE_BITS | lane
                : (promised == Long.MAX_VALUE ? CLOSED : FAR) | lane;
    }

    public static boolean isThere(long key) {
        return (key >>> LANE_BITS & 1) != 0;
    }

    public static boolean isFar(long key) {
        return key >= FAR;
    }

    public static boolean isClosed(long key) {
        return key >= CLOSED;
    }

    /** What is far is numbered, or has promised, at least this. */
    public long firstFar() {
        return base + REACH;
    }

    public static int lane(long key) {
        return (int) key & MOST_LANES - 1;
    }

    /** The number of what is there, or the least one that can come. */
    public long sequence(long key) {
        return (key >>> LANE_BITS + 1) + base;
    }

    private static long min(long a, long b) {
        return b + (a - b & a - b >> 63);
    }

    // ---- the tree

    public long winner() {
        return winner;
    }

    /** The least key of another lane than the winner's; closed where there is none. */
    public long second() {
        return second(lane(winner));
    }

    private long second(int lane) {
        long least = CLOSED | lane;
        for (int node = leaves + lane; node > 1; node >>>= 1) {
            least = min(least, keys[node ^ 1]);
        }
        return least;
    }

    /** The winner's lane has a new key. */
    public void setWinner(long key) {
        if (key < second) {
            winner = key; // a run: the tree is left alone
            return;
        }
        int lane = lane(key);
        int before = lane(winner);
        winner = play(lane, key);
        second = lane(winner) == before ? second(before) : Long.MIN_VALUE;
    }

    private long play(int lane, long key) {
        long[] all = keys;
        int node = leaves + lane;
        all[node] = key;
        long least = key;
        for (int level = levels; level > 0; level--) {
            least = min(least, all[node ^ 1]);
            node >>>= 1;
            all[node] = least;
        }
        return least;
    }

    /** Sets the key of a lane, {@link #rebuild} being to follow. */
    public void set(int lane, long key) {
        keys[leaves + lane] = key;
    }

    public void rebuild() {
        for (int node = leaves - 1; node > 0; node--) {
            keys[node] = min(keys[2 * node], keys[2 * node + 1]);
        }
        winner = keys[1];
        second = Long.MIN_VALUE;
    }

    /** Numbers are counted from here; all keys are to be set anew. */
    public void setBase(long sequence) {
        base = sequence;
    }
}

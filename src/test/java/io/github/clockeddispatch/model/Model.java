package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.*;
import static java.util.stream.Collectors.toSet;

import io.github.clockeddispatch.Delivery.End;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.Delivery.Tick;
import io.github.clockeddispatch.model.Source.Queued;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The serialising dispatcher as plain data: one thread, no waiting. What the contract leaves free (which pump goes next,
 * and when) is left to the caller of {@link #pump}. Nothing in here is clever: it is what the properties believe.
 */
final class Model {
    static final long LAST = Long.MAX_VALUE - 1;

    final int channelCapacity;
    final boolean endWithLastSender;
    long counter;

    /** {@code CLOSED} from the beginning of closing on, or {@code FAILED}. */
    CallOutcome life = DONE;

    boolean closed;

    final List<Source> sources = new ArrayList<>();
    final List<Sink> sinks = new ArrayList<>();

    /** What has become of what was dispatched: a number, or an {@link CallOutcome}. */
    final Map<Integer, Object> fates = new TreeMap<>();

    Model(int channelCapacity, boolean endWithLastSender, long counter) {
        this.channelCapacity = channelCapacity;
        this.endWithLastSender = endWithLastSender;
        this.counter = counter;
    }

    Model copy() {
        Model copy = new Model(channelCapacity, endWithLastSender, counter);
        copy.life = life;
        copy.closed = closed;
        sources.forEach(s -> copy.sources.add(s.copy()));
        sinks.forEach(r -> copy.sinks.add(r.copy()));
        copy.fates.putAll(fates);
        return copy;
    }

    /** G8: whom a message of s goes to now. */
    List<Sink> reached(Source s) {
        return sinks.stream().filter(r -> r.stopped == DONE && s.addresses(r)).toList();
    }

    // ---- G9, G10, G11, G13: joining, leaving, failing

    CallOutcome join(int capacity) {
        if (life == DONE) {
            Sink r = new Sink(sinks.size(), capacity, counter);
            sinks.add(r);
            r.fed = sources.stream().anyMatch(s -> s.all && !s.closed);
            sources.forEach(s -> s.roomSeen(r));
        }
        return life;
    }

    /** Opens a sender to {@code to} or, where that is empty, to all that have not ended. */
    CallOutcome open(Set<Integer> to) {
        Set<Integer> ended = sinks.stream().filter(r -> r.ended).map(r -> r.id).collect(toSet());
        Set<CallOutcome> why = EnumSet.of(life, to.stream().anyMatch(ended::contains) ? CLOSED : DONE);
        to.forEach(r -> why.add(sinks.get(r).stopped));
        if (only(why) == DONE) {
            Source s = new Source(sources.size(), to.size() != 1, to.isEmpty(), to.isEmpty() ? ended : to);
            sources.add(s);
            reached(s).forEach(r -> r.fed = true);
        }
        return only(why);
    }

    CallOutcome close(Source s) {
        boolean last = endWithLastSender && !s.closed;
        s.closed = true;
        reached(s).forEach(r -> r.ended |= last && sources.stream().noneMatch(o -> !o.closed && o.addresses(r)));
        return DONE;
    }

    /** Discards or fails a receiver: its clock stops where it stands, and it counts what it has not given. */
    CallOutcome stop(Sink r, CallOutcome why) {
        if (r.stopped == DONE) {
            r.stoppedAt = clock(r);
            r.stopped = why;
            sources.stream()
                    .filter(s -> !s.all && s.addresses(r) && reached(s).isEmpty())
                    .forEach(s -> {
                        int sent = abandon(s, refusal(s));
                        r.discarded += sent;
                        s.lost += why == CLOSED ? 0 : sent;
                    });
            r.discarded += r.inbox.size();
            r.inbox.clear();
        }
        return DONE;
    }

    CallOutcome fail() {
        life = FAILED;
        sinks.forEach(r -> stop(r, FAILED));
        sources.forEach(s -> s.lost += abandon(s, FAILED));
        return DONE;
    }

    /** G12: close begins; {@link #cut} is when it has waited long enough. False where there is nothing to wait for. */
    boolean beginClose() {
        boolean begins = life == DONE;
        closed = true;
        life = begins ? CLOSED : life;
        sources.forEach(s -> s.closed = true);
        sinks.forEach(r -> r.ended = true);
        return begins;
    }

    void cut() {
        sources.forEach(s -> s.lost += abandon(s, CLOSED));
    }

    private int abandon(Source s, CallOutcome why) {
        int sent = 0;
        for (Queued message : List.copyOf(s.channel)) {
            remove(s, message);
            sent += message.dispatched() ? 0 : 1;
            if (message.dispatched()) {
                fates.put(message.payload(), why);
            }
        }
        return sent;
    }

    // ---- the way of a message

    /** Why a sender accepts nothing; {@code DONE} if it does. */
    CallOutcome refusal(Source s) {
        Set<CallOutcome> why = EnumSet.of(life, s.closed ? CLOSED : DONE);
        if (!s.all && reached(s).isEmpty()) {
            s.to.forEach(r -> why.add(sinks.get(r).stopped));
        }
        return only(why);
    }

    private static CallOutcome only(Set<CallOutcome> reasons) {
        return !reasons.contains(FAILED) ? Collections.max(reasons) : reasons.contains(CLOSED) ? GONE : FAILED;
    }

    CallOutcome accept(Source s, int payload, boolean dispatched) {
        CallOutcome refusal = refusal(s);
        if (counter == LAST) {
            return refusal == DONE ? ILLEGAL_STATE : GONE;
        }
        if (refusal == DONE && isFull(s)) {
            return BLOCKS;
        }
        if (refusal == DONE) {
            s.channel.add(new Queued(payload, dispatched));
        }
        return refusal;
    }

    boolean isFull(Source s) {
        return s.channel.size() == channelCapacity;
    }

    /** G8: a step of a pump: the head of the channel is numbered or, where it cannot be, begins to wait. */
    boolean pump(Source s, boolean mayGo) {
        boolean goes = mayGo && goes(s);
        if (s.channel.isEmpty() || s.waiting && !goes) {
            return false;
        }
        if (counter == LAST) {
            s.lost += abandon(s, ILLEGAL_STATE);
        } else if (goes) {
            Queued head = s.channel.getFirst();
            counter++;
            reached(s).forEach(r -> r.inbox.add(new Message<>(counter, head.payload())));
            remove(s, head);
            if (head.dispatched()) {
                fates.put(head.payload(), counter);
            }
        } else {
            s.waiting = true;
            reached(s).stream().filter(Sink::hasFreeSlot).forEach(s::roomSeen);
            (s.group ? List.<Sink>of() : reached(s)).forEach(r -> r.queue.add(s.id));
        }
        return true;
    }

    boolean goes(Source s) {
        return reached(s).stream().allMatch(s::hasRoomIn);
    }

    /** Takes a message out of the channel; if it was the first, what it waited for counts for no other. */
    private void remove(Source s, Queued message) {
        if (s.channel.getFirst().equals(message)) {
            s.waiting = false;
            s.hadRoom.clear();
            sinks.forEach(r -> {
                r.granted &= r.queue.indexOf(s.id) != 0;
                r.queue.remove((Integer) s.id);
                r.grant();
            });
        }
        s.channel.remove(message);
    }

    /** Whether a slot that this sender wants is another's already. */
    boolean isContended(Source s) {
        return reached(s).stream().anyMatch(r -> r.granted);
    }

    /** G14: takes back what was dispatched, unless it has a number; false where it does. */
    boolean withdraw(Source s, int payload) {
        if (!fates.containsKey(payload)) {
            remove(s, new Queued(payload, true));
            fates.put(payload, NOTHING);
        }
        return fates.get(payload) == NOTHING;
    }

    // ---- reading

    /** What was given is finished. */
    CallOutcome finish(Sink r) {
        if (r.stopped == DONE) {
            r.inHand = 0;
        }
        return DONE;
    }

    /** Gives what is there: a message, the end or, if asked for, a tick. */
    Object take(Sink r, boolean ticks, int reader) {
        if (r.stopped != DONE) {
            return r.stopped;
        }
        Object given = BLOCKS;
        if (!r.inbox.isEmpty()) {
            Message<Integer> message = r.inbox.removeFirst();
            given = message;
            r.inHand = message.sequence();
            r.told = r.inHand;
            if (r.hasFreeSlot()) {
                sources.forEach(s -> s.roomSeen(r));
                r.grant();
            }
        } else if (r.ended && sources.stream().noneMatch(s -> s.addresses(r) && !s.channel.isEmpty())) {
            given = new End<Integer>(clock(r));
        } else if (ticks && clock(r) > r.told) {
            r.told = clock(r);
            given = new Tick<Integer>(r.told);
        }
        r.reader = given == BLOCKS ? r.reader : reader;
        return given;
    }

    // ---- G4, G5: the clock

    long clock(Sink r) {
        long first = r.firstUnfinished();
        return r.stoppedAt >= 0 ? r.stoppedAt : first > 0 ? first - 1 : counter;
    }

    /** G15: {@code forEver} says whether it waits without limit. */
    Object await(Sink r, long number, boolean forEver, int waiter) {
        if (clock(r) >= number) {
            return DONE;
        }
        if (r.stoppedAt >= 0) {
            return r.stopped;
        }
        if (life != DONE && number > counter && sources.stream().allMatch(s -> s.channel.isEmpty())) {
            return life;
        }
        boolean own = forEver && r.reader == waiter && r.inHand > 0 && r.inHand <= number;
        return own ? ILLEGAL_STATE : BLOCKS;
    }

    @Override
    public String toString() {
        return counter + " " + life + "\n  senders " + sources + "\n  receivers " + sinks + "\n  numbers " + fates;
    }
}

package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The account of which producers can reach which receiver, and so of when a receiver ends (G11). All under the core's lock.
 *
 * <p>A producer goes {@code open -> closed -> drained}. When the last open one that reaches a receiver is closed, it is
 * decided that the receiver ends; it is at its end when all that reached it then have been drained. For producers with
 * targets the account is kept at each target, so that opening and closing one costs nothing elsewhere; for broadcasters
 * it is kept here, once, and for those with a group there.
 *
 * @see "docs/design.md: Ends"
 */
public final class Reachability<T> {

    /** The account of one receiver. */
    public static final class Of<T> {
        /** How many open senders to it alone or to fixed others with it, and groups with open senders, reach it. */
        int open;

        private final Set<Producer<T>> undrained = new LinkedHashSet<>(2);

        /** When it was decided that it ends; 0 while it is not. Read without the lock by its reader, as a hint. */
        private volatile long endOrder;

        private boolean atEnd;

        /** The groups that it is in, or has left and not finished what it was given there. What keeps them are their senders and owners. */
        private @Nullable Set<TargetGroup<T, ?>> groups;

        /** In how many of them there are senders left that joined before it was decided that it ends. */
        int awaited;

        /** The group whose senders reached it last, where it ends as it was taken out of that. */
        private @Nullable String lastGroup;

        /** Whether it ends only because its dispatcher is being closed. */
        private boolean endsByClosing;

        public boolean isEnding() {
            return endOrder != 0;
        }

        /** Nothing more will come for the receiver; what is there is still to be given. Under the lock. */
        public boolean isAtEnd() {
            return atEnd;
        }

        long endOrder() {
            return endOrder;
        }

        /** Those groups; to be changed. */
        Set<TargetGroup<T, ?>> groups() {
            if (groups == null) {
                groups = Collections.newSetFromMap(new WeakHashMap<>(2));
            }
            return groups;
        }

        /** It was decided that it ends: it leaves the groups whose senders are drained. */
        private void endInGroups(Endpoint<T> endpoint) {
            if (groups != null) {
                new ArrayList<>(groups).forEach(group -> group.ends(endpoint));
            }
        }

        /** It has stopped: its groups note what it will never finish. */
        void noteLeftOut(Endpoint<T> endpoint) {
            if (groups != null) {
                groups.forEach(group -> group.noteLeftOut(endpoint));
            }
        }

        /** It has stopped: no group leads to it, nor keeps it. */
        void leaveGroups(Endpoint<T> endpoint) {
            if (groups != null) {
                groups.forEach(group -> group.stopped(endpoint));
                groups = null;
            }
        }

        /** Returns whether it is at its end, and not only because its dispatcher is being closed. Under the lock. */
        public boolean hasEndedByItself() {
            return atEnd && !endsByClosing;
        }

        List<Producer<T>> producers() {
            return new ArrayList<>(undrained);
        }
    }

    private final Core<T> core;
    private final boolean endWithLastProducer;
    private int openBroadcasters;

    /** In the order in which they joined. */
    private final Set<Producer<T>> undrainedBroadcasters = new LinkedHashSet<>();

    /** Those of which it is decided that they end and that are not there yet, in the order of that decision. */
    private final Set<Endpoint<T>> ending = new LinkedHashSet<>();

    public Reachability(Core<T> core, boolean endWithLastProducer) {
        this.core = core;
        this.endWithLastProducer = endWithLastProducer;
    }

    /** Throws where a new producer cannot reach one of these. */
    public void checkOpen(List<? extends Endpoint<T>> targets) {
        for (Endpoint<T> target : targets) {
            StopReason why = target.stopped();
            if (why != null) {
                throw core.exception(why);
            }
            if (target.reachability.isEnding()) {
                String group = target.reachability.lastGroup;
                throw core.exception(StopReason.closed(target + " has ended, as "
                        + (group == null
                                ? "its last sender was closed"
                                : "it was taken out of " + group + ", whose senders were the last that reached it")
                        + "; with Builder.endWithLastSender(false) only close() ends receivers"));
            }
        }
    }

    /** The one for which alone messages waited in the end; null where somebody is left, or where there are none. */
    public static <T> @Nullable Endpoint<T> lastToStop(List<? extends Endpoint<T>> targets) {
        Endpoint<T> last = null;
        for (Endpoint<T> endpoint : targets) {
            if (endpoint.stopped() == null) {
                return null;
            }
            if (last == null || endpoint.stopOrder > last.stopOrder) {
                last = endpoint;
            }
        }
        return last;
    }

    /** A producer has joined; where this throws, it has not. */
    public void opened(Producer<T> producer) {
        TargetGroup<T, ?> group = producer.group();
        if (group != null) {
            group.opened(producer);
            return;
        }
        try {
            if (producer.isBroadcast()) {
                undrainedBroadcasters.add(producer);
            }
            for (Endpoint<T> target : producer.targets()) {
                target.reachability.undrained.add(producer);
            }
        } catch (Error e) {
            undrainedBroadcasters.remove(producer);
            for (int i = 0; i < producer.targets().size(); i++) {
                producer.targets().get(i).reachability.undrained.remove(producer);
            }
            throw e;
        }
        if (producer.isBroadcast()) {
            openBroadcasters++;
        }
        for (int i = 0; i < producer.targets().size(); i++) {
            producer.targets().get(i).reachability.open++;
        }
    }

    public void closed(Producer<T> producer) {
        TargetGroup<T, ?> group = producer.group();
        if (group != null) {
            if (group.closed()) {
                endUnreached(group.targets());
            }
            return;
        }
        if (producer.isBroadcast()) {
            openBroadcasters--;
        }
        for (Endpoint<T> target : producer.targets()) {
            target.reachability.open--;
        }
        endUnreached(producer.isBroadcast() ? core.endpoints() : producer.targets());
    }

    /** Of these, which an open producer has reached until now, those end that none reaches any more. */
    private void endUnreached(List<? extends Endpoint<T>> reached) {
        if (endWithLastProducer && openBroadcasters == 0) {
            for (Endpoint<T> endpoint : reached) {
                if (endpoint.reachability.open == 0) {
                    end(endpoint);
                }
            }
            reached.forEach(this::checkEnd);
        }
    }

    /** A receiver has been taken out of a group. */
    void left(Endpoint<T> endpoint, TargetGroup<T, ?> group) {
        if (group.hasOpen()) {
            boolean goesOn = !endpoint.reachability.isEnding();
            endUnreached(List.of(endpoint));
            if (goesOn && endpoint.reachability.isEnding()) {
                endpoint.reachability.lastGroup = group.toString();
            }
        }
        checkEnd(endpoint);
    }

    public void drained(Producer<T> producer) {
        TargetGroup<T, ?> group = producer.group();
        if (group != null) {
            group.drained(producer).forEach(this::checkEnd);
            return;
        }
        for (Endpoint<T> target : producer.targets()) {
            target.reachability.undrained.remove(producer);
            checkEnd(target);
        }
        if (undrainedBroadcasters.remove(producer)) {
            long first = firstBroadcaster();
            for (Endpoint<T> endpoint : new ArrayList<>(ending)) {
                if (endpoint.reachability.endOrder > first) {
                    break;
                }
                checkEnd(endpoint);
            }
        }
    }

    /** The dispatcher is being closed: whoever is left ends. */
    public void endAll() {
        core.endpoints().forEach(this::end);
        new ArrayList<>(core.endpoints()).forEach(this::checkEnd);
    }

    /** Returns whether a broadcast of this producer goes to this receiver: not if it had ended before the producer joined. */
    public boolean includes(Producer<T> producer, Endpoint<T> endpoint) {
        return endpoint.stopped() == null
                && (!endpoint.reachability.isEnding() || producer.order() < endpoint.reachability.endOrder);
    }

    private void end(Endpoint<T> endpoint) {
        if (!endpoint.reachability.isEnding()) {
            endpoint.reachability.endsByClosing = !core.isOpen();
            endpoint.reachability.endOrder = core.nextOrder();
            ending.add(endpoint);
            endpoint.reachability.endInGroups(endpoint);
        }
    }

    /** Nothing may be left for it. */
    public void checkEnd(Endpoint<T> endpoint) {
        Of<T> of = endpoint.reachability;
        boolean spent =
                endpoint.isSpent() || (of.undrained.isEmpty() && of.awaited == 0 && firstBroadcaster() > of.endOrder);
        if (of.isEnding() && !of.atEnd && spent) {
            of.atEnd = true;
            ending.remove(endpoint);
            Announcement.ended(endpoint);
            endpoint.wakeAtEnd();
        }
    }

    private long firstBroadcaster() {
        return undrainedBroadcasters.isEmpty()
                ? Long.MAX_VALUE
                : undrainedBroadcasters.iterator().next().order();
    }
}

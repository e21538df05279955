package io.github.clockeddispatch.faults;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Stage;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/** The scenes of {@link OutOfMemoryTest}. It is loaded once more by {@link FaultyLoader}, with a library that has faults. */
public final class OutOfMemoryScenes implements BiFunction<String, Boolean, String> {
    private static final String TRIED = "tried";
    private static final Duration NOW = Duration.ZERO;

    /** Prepares a world, and returns the act, one call, which is made with the fault armed. */
    interface Preparation {
        Callable<?> in(FaultWorld world) throws Exception;
    }

    /** What is done; for all of them the same is demanded afterwards. */
    enum Scene {
        SEND(world -> {
            Sender<String> sender = blocked(world, 9);
            return () -> sent(world, sender, sender.trySend(TRIED)); // the channel grows
        }),
        DISPATCH(world -> {
            Sender<String> sender = filled(world, 8);
            return () -> sent(world, sender, sender.dispatch(TRIED)); // the ring grows
        }),
        DISPATCH_BEHIND_OTHERS(world -> {
            Sender<String> sender = blocked(world, 3);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            world.read(inlet);
            return () -> sent(world, sender, sender.dispatch(TRIED, FaultWorld.BOUND));
        }),
        DISPATCH_TO_A_GROUP(world -> {
            Dispatcher<String> dispatcher = world.dispatcher(64, 64);
            List<Receiver<String>> group = List.of(world.receiver(dispatcher, "r1"), world.receiver(dispatcher, "r2"));
            world.receiver(dispatcher, "r3");
            Sender<String> sender = world.sender(dispatcher.sender("s", group), "r1", "r2");
            world.dispatch(sender, 8);
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        BROADCAST(world -> {
            Dispatcher<String> dispatcher = world.dispatcher(64, 64);
            world.receiver(dispatcher, "r1");
            world.receiver(dispatcher, "r2");
            Sender<String> sender = world.sender(dispatcher.broadcaster("s"), "r1", "r2");
            world.dispatch(sender, 8);
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        DISPATCH_ASYNC(world -> {
            Sender<String> sender = filled(world, 8);
            return () -> sent(world, sender, world.future(sender.dispatchAsync(TRIED)));
        }),
        DISPATCH_ASYNC_BEHIND_OTHERS(world -> {
            Sender<String> sender = blocked(world, 9);
            world.future(sender.dispatchAsync("before"));
            world.accepted(sender, "before");
            return () -> sent(world, sender, world.future(sender.dispatchAsync(TRIED)));
        }),
        DISPATCH_WITH_WAITS(world -> {
            Sender<String> sender = filled(world, 8);
            Receiver<String> idle = world.inlets.get("idle").receiver;
            for (int i = 9; i < 13; i++) {
                world.future(idle.clock().whenReached(i));
            }
            world.future(idle.clock().whenReached(9));
            world.waiting("waits for 9", () -> waitFor(idle, 9));
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        DISPATCH_TIMED_OUT(world -> {
            Sender<String> sender = blocked(world, 3);
            return () -> {
                try {
                    sender.dispatch("never", NOW);
                } catch (java.util.concurrent.TimeoutException e) {
                    return null;
                }
                throw new AssertionError("there was no room");
            };
        }),
        WHEN_REACHED(world -> {
            Sender<String> sender = filled(world, 1);
            Receiver<String> idle = world.inlets.get("idle").receiver;
            for (int i = 0; i < 4; i++) {
                world.future(idle.clock().whenReached(2)); // the heap of waits grows with the next one
            }
            world.future(world.inlets.get("r").receiver.clock().whenReached(1));
            return () -> world.future(idle.clock().whenReached(2));
        }),
        WAIT_UNTIL(world -> {
            filled(world, 1);
            Receiver<String> r = world.inlets.get("r").receiver;
            for (int i = 0; i < 4; i++) {
                world.future(r.clock().whenReached(1));
            }
            return () -> r.clock().waitUntil(1, Duration.ofMillis(1));
        }),
        WHEN_BOTH_REACHED(world -> {
            filled(world, 1);
            Receiver<String> r = world.inlets.get("r").receiver;
            LogicalClock both = LogicalClock.allOf(
                    r.clock(), world.inlets.get("idle").receiver.clock());
            return () -> world.future(both.whenReached(2));
        }),
        WAIT_UNTIL_BOTH(world -> {
            filled(world, 1);
            Receiver<String> r = world.inlets.get("r").receiver;
            LogicalClock both = LogicalClock.allOf(
                    r.clock(), world.inlets.get("idle").receiver.clock());
            return () -> both.waitUntil(2, Duration.ofMillis(1));
        }),
        WHEN_A_SENDERS_CLOCK_REACHES(world -> {
            Sender<String> sender = filled(world, 1);
            return () -> world.future(sender.clock().whenReached(2));
        }),
        WAIT_FOR_A_SENDERS_CLOCK(world -> {
            Sender<String> sender = filled(world, 1);
            return () -> sender.clock().waitUntil(2, Duration.ofMillis(1));
        }),
        DISPATCH_WITH_WAITS_FOR_A_SENDERS_CLOCK(world -> {
            Sender<String> sender = filled(world, 8);
            world.future(sender.clock().whenReached(9));
            world.waiting("waits for the sender's clock", () -> {
                sender.clock().waitUntil(9);
                return null;
            });
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        DISPATCH_WITH_JOINT_WAITS(world -> {
            Sender<String> sender = filled(world, 8);
            Receiver<String> idle = world.inlets.get("idle").receiver;
            Receiver<String> too = world.receiver(world.dispatchers.get(0), "too");
            LogicalClock both = LogicalClock.allOf(idle.clock(), too.clock());
            world.future(both.whenReached(9));
            world.waiting("waits for both", () -> {
                both.waitUntil(9);
                return null;
            });
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        AWAIT_FINISHED(world -> {
            Sender<String> sender = blocked(world, 3);
            world.senders.get(sender);
            return () -> world.dispatchers.get(0).awaitFinished(Duration.ofMillis(1));
        }),
        SNAPSHOT(world -> {
            filled(world, 3);
            return () -> world.dispatchers.get(0).snapshot();
        }),
        RECEIVE(world -> {
            crowded(world);
            return reading(world, receiver -> receiver.receive());
        }),
        RECEIVE_THE_LAST(world -> {
            filled(world, 1);
            Receiver<String> r = world.inlets.get("r").receiver;
            world.inlets.get("r").give(r.receive());
            world.future(r.clock().whenReached(1));
            world.waiting("waits for 1", () -> waitFor(r, 1));
            return reading(
                    world, receiver -> receiver.receive(Duration.ofMillis(1)).orElse(null));
        }),
        ACKNOWLEDGE(world -> {
            crowded(world);
            Receiver<String> r = world.inlets.get("r").receiver;
            world.inlets.get("r").give(r.receive());
            return () -> {
                r.acknowledge();
                return null;
            };
        }),
        DRAIN(world -> {
            crowded(world);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            return () ->
                    inlet.receiver.drain((number, payload) -> inlet.give(new Delivery.Message<>(number, payload)), 100);
        }),
        RECEIVER_JOIN(world -> {
            filled(world, 3);
            return () -> world.receiver(world.dispatchers.get(0), "joins");
        }),
        SENDER_JOIN(world -> {
            filled(world, 3);
            Receiver<String> r = world.inlets.get("r").receiver;
            return () -> world.sender(world.dispatchers.get(0).sender("joins", r), "r");
        }),
        GROUP_JOIN(world -> {
            filled(world, 3);
            List<Receiver<String>> group = List.of(world.inlets.get("r").receiver, world.inlets.get("idle").receiver);
            return () -> world.sender(world.dispatchers.get(0).sender("joins", group), "r", "idle");
        }),
        CHANGING_GROUP_JOIN(world -> {
            filled(world, 3);
            return () -> world.dispatchers.get(0).group("g", world.inlets.get("r").receiver);
        }),
        CHANGING_GROUP_SENDER_JOIN(world -> {
            Group<String> group = grouped(world, "r", "idle");
            return () -> world.sender(world.dispatchers.get(0).sender("joins", group), "r", "idle");
        }),
        MEMBER_IS_ADDED(world -> {
            Group<String> group = grouped(world, "r");
            Sender<String> sender = world.sender(world.dispatchers.get(0).sender("to g", group), "r");
            return () -> {
                group.add(world.inlets.get("idle").receiver);
                return world.sender(sender, "r", "idle");
            };
        }),
        MEMBER_IS_TAKEN_OUT(
                world -> { // and ends
                    Group<String> group = grouped(world, "r", "idle");
                    Sender<String> sender =
                            world.sender(world.dispatchers.get(0).sender("to g", group), "r", "idle");
                    world.dispatch(sender, 2);
                    return () -> {
                        group.remove(world.inlets.get("idle").receiver);
                        return world.sender(sender, "r");
                    };
                }),
        MEMBER_IN_THE_WAY_IS_TAKEN_OUT(world -> {
            Sender<String> fills = blocked(world, 3);
            Group<String> group = world.dispatchers
                    .get(0)
                    .group("g", world.inlets.get("r").receiver, world.inlets.get("idle").receiver);
            Sender<String> sender = world.sender(world.dispatchers.get(0).sender("to g", group), "idle");
            sender.send("m1");
            world.accepted(sender, "m1");
            Await.eventually(
                    "both pumps wait",
                    () -> world.dispatchers.get(0).snapshot().senders().stream()
                            .noneMatch(state -> state.waitsFor().isEmpty()));
            return () -> {
                group.remove(world.inlets.get("r").receiver);
                return fills;
            };
        }),
        DISPATCH_AFTER_A_CHANGE(world -> {
            Group<String> group = grouped(world, "r");
            Sender<String> sender = world.sender(world.dispatchers.get(0).sender("to g", group), "r", "idle");
            group.add(world.inlets.get("idle").receiver);
            return () -> sent(world, sender, sender.dispatch(TRIED)); // the list of targets is made anew
        }),
        CHANGING_GROUP_SENDER_CLOSE(
                world -> { // ends a member
                    Group<String> group = grouped(world, "r", "idle");
                    Sender<String> sender =
                            world.sender(world.dispatchers.get(0).sender("to g", group), "r", "idle");
                    world.leaving.add(sender);
                    return () -> {
                        sender.close();
                        return null;
                    };
                }),
        MEMBER_IS_DISCARDED(world -> {
            world.loses = true;
            Group<String> group = grouped(world, "r", "idle");
            world.sender(world.dispatchers.get(0).sender("to g", group), "r", "idle");
            return () -> {
                world.inlets.get("r").receiver.discard();
                return null;
            };
        }),
        BROADCASTER_JOIN(world -> {
            filled(world, 3);
            return () -> world.sender(world.dispatchers.get(0).broadcaster("joins"), "r", "idle");
        }),
        READ(world -> {
            filled(world, 3);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            return () -> {
                Thread thread = world.dispatchers
                        .get(0)
                        .read(inlet.receiver, (number, payload) -> inlet.give(new Delivery.Message<>(number, payload)));
                inlet.read = true;
                return thread;
            };
        }),
        OWN_READER(world -> {
            Sender<String> sender = filled(world, 3);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            inlet.read = true;
            world.dispatchers.get(0).read(inlet.receiver, (number, payload) -> {
                inlet.give(new Delivery.Message<>(number, payload));
            });
            world.future(inlet.receiver.clock().whenReached(4));
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        SUBSCRIBE(world -> {
            filled(world, 3);
            Subscriber subscriber = new Subscriber(world, "r", Long.MAX_VALUE);
            return subscriber::subscribe;
        }),
        SUBSCRIBER(world -> {
            Sender<String> sender = filled(world, 3);
            new Subscriber(world, "r", Long.MAX_VALUE).subscribe();
            world.future(world.inlets.get("r").receiver.clock().whenReached(4));
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        SUBSCRIBER_THAT_RESTS(world -> {
            Sender<String> sender = filled(world, 3);
            new Subscriber(world, "r", 1).subscribe();
            world.future(world.inlets.get("r").receiver.clock().whenReached(4));
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        SUBSCRIBER_REQUESTS(world -> {
            filled(world, 3);
            Subscriber subscriber = new Subscriber(world, "r", 0);
            subscriber.subscribe();
            return subscriber::requestAll;
        }),
        SUBSCRIBER_CANCELS(world -> {
            Sender<String> sender = filled(world, 0);
            Subscriber subscriber = new Subscriber(world, "r", 1);
            subscriber.subscribe();
            subscriber.end.complete("cancelled");
            world.inlets.get("r").read = false; // by hand, after that
            return () -> {
                subscriber.subscription.cancel();
                return sent(world, sender, sender.dispatch(TRIED));
            };
        }),
        SUBSCRIBER_IS_TOLD_OF_FAILURE(world -> {
            world.loses = true;
            filled(world, 3);
            new Subscriber(world, "r", 0).subscribe();
            return () -> {
                world.inlets.get("r").receiver.fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        SUBSCRIBER_IS_TOLD_OF_CLOSE(world -> {
            world.loses = true;
            Sender<String> sender = filled(world, 3);
            world.leaving.add(sender);
            new Subscriber(world, "r", 0).subscribe();
            return () -> {
                world.dispatchers.get(0).close();
                return null;
            };
        }),
        SEND_ALL(world -> {
            Sender<String> sender = filled(world, 3);
            return () -> sentAll(world, sender, world.future(sender.sendAll(OutOfMemoryScenes::publish)));
        }),
        SEND_ALL_IS_CANCELLED(world -> {
            Sender<String> sender = filled(world, 3);
            var sent = world.future(sender.sendAll(subscriber -> {}));
            return () -> sent.cancel(true);
        }),
        SEND_ALL_IS_CLOSED(world -> {
            Sender<String> sender = filled(world, 3);
            world.leaving.add(sender);
            world.future(sender.sendAll(subscriber -> {}));
            return () -> {
                sender.close();
                return null;
            };
        }),
        SENDER_CLOSE(world -> {
            Sender<String> sender = blocked(world, 3);
            world.leaving.add(sender);
            return () -> {
                sender.close();
                return null;
            };
        }),
        RECEIVER_DISCARD(world -> {
            crowded(world);
            world.loses = true;
            return () -> {
                world.inlets.get("r").receiver.discard();
                return null;
            };
        }),
        RECEIVER_FAIL(world -> {
            world.loses = true;
            crowded(world);
            return () -> {
                world.inlets.get("r").receiver.fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        HANDLER_FAILS(world -> {
            world.loses = true;
            crowded(world);
            return () -> world.inlets
                    .get("r")
                    .receiver
                    .drain(
                            (number, payload) -> {
                                throw FaultWorld.CAUSE;
                            },
                            1);
        }),
        OWN_READER_FAILS(world -> {
            world.loses = true;
            Sender<String> sender = filled(world, 0);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            inlet.read = true;
            world.dispatchers.get(0).read(inlet.receiver, (number, payload) -> {
                throw FaultWorld.CAUSE;
            });
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        RETRY(world -> {
            Sender<String> sender = filled(world, 0);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            inlet.read = true;
            AtomicBoolean failed = new AtomicBoolean();
            world.dispatchers
                    .get(0)
                    .read(
                            inlet.receiver,
                            (number, payload) -> {
                                if (!failed.getAndSet(true)) {
                                    throw FaultWorld.CAUSE;
                                }
                                inlet.give(new Delivery.Message<>(number, payload));
                            },
                            FailurePolicy.retry(2, Duration.ofNanos(1)));
            return () -> sent(world, sender, sender.dispatch(TRIED));
        }),
        FAIL(world -> {
            crowded(world);
            return () -> {
                world.dispatchers.get(0).fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        CLOSE(world -> {
            Sender<String> sender = crowded(world);
            world.loses = true;
            FaultWorld.Inlet inlet = world.inlets.get("idle");
            inlet.read = true;
            world.dispatchers.get(0).read(inlet.receiver, (number, payload) -> {});
            world.start("reads r", () -> {
                world.inlets
                        .get("r")
                        .receiver
                        .forEachMessage((number, payload) ->
                                world.inlets.get("r").give(new Delivery.Message<>(number, payload)));
                return null;
            });
            world.inlets.get("r").read = true;
            world.leaving.add(sender);
            return () -> {
                world.dispatchers.get(0).close();
                return null;
            };
        }),

        FORWARD(world -> {
            Forwarder<String> a = merged(world, 8);
            return () -> forwarded(world, a, a.tryForward(9, TRIED)); // buffer and ring grow
        }),
        FORWARD_WHAT_IS_DUE(world -> {
            Forwarder<String> a = merged(world, 8);
            advance(world, 20);
            ring(world);
            return () -> forwarded(world, a, a.tryForward(9, TRIED));
        }),
        FORWARD_PART(world -> {
            Forwarder<String> a = merged(world, 8);
            return () -> {
                a.forwardPart(9, TRIED);
                return forwarded(world, a, true);
            };
        }),
        FORWARD_AND_WAIT(world -> {
            Forwarder<String> a = merged(world, 64);
            return () -> a.forward(65, TRIED, Duration.ofMillis(1));
        }),
        ADVANCE(world -> {
            merged(world, 12);
            ring(world);
            Forwarder<String> b = forwarder(world, "b");
            return () -> {
                b.advance(100);
                return null;
            };
        }),
        MERGE_RECEIVE(world -> {
            merged(world, 12);
            advance(world, 100);
            ring(world);
            return reading(world, receiver -> receiver.receive());
        }),
        MERGE_ACKNOWLEDGE(world -> {
            merged(world, 3);
            advance(world, 100);
            ring(world);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            for (int i = 0; i < 3; i++) {
                inlet.give(inlet.receiver.receiveMessage());
            }
            return () -> {
                inlet.receiver.acknowledge();
                return null;
            };
        }),
        MERGE_WAIT(world -> {
            merged(world, 3);
            Receiver<String> r = world.inlets.get("r").receiver;
            for (int i = 0; i < 4; i++) {
                world.future(r.clock().whenReached(50));
            }
            return () -> world.future(r.clock().whenReached(60));
        }),
        MERGE_RECEIVER_JOIN(world -> {
            merged(world, 3);
            List<Receiver<String>> joined = new ArrayList<>(1);
            return () -> {
                if (joined.isEmpty()) { // where discarding has done nothing, it is still there
                    joined.add(world.merges.get(0).receiver("joins"));
                }
                joined.get(0).discard();
                return joined;
            };
        }),
        FORWARDER_JOIN(world -> {
            merged(world, 3);
            Receiver<String> r = world.inlets.get("r").receiver;
            return () -> world.forwarder(world.merges.get(0).forwarder("joins", r), "r");
        }),
        MERGE_BROADCASTER_JOIN(world -> {
            merged(world, 3);
            return () -> world.forwarder(world.merges.get(0).broadcaster("joins"), "r", "idle");
        }),
        FORWARDER_CLOSE(world -> {
            merged(world, 12);
            ring(world);
            Forwarder<String> b = forwarder(world, "b");
            world.leaving.add(b);
            return () -> {
                b.close();
                return null;
            };
        }),
        FORWARDER_FAIL(world -> {
            world.loses = true;
            merged(world, 12);
            ring(world);
            return () -> {
                forwarder(world, "b").fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        MERGE_RECEIVER_DISCARD(world -> {
            merged(world, 12);
            ring(world);
            world.loses = true;
            return () -> {
                world.inlets.get("r").receiver.discard();
                return null;
            };
        }),
        MERGE_FAIL(world -> {
            merged(world, 12);
            ring(world);
            return () -> {
                world.merges.get(0).fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        MERGE_CLOSE(world -> {
            merged(world, 12);
            ring(world);
            world.loses = true;
            return () -> {
                world.merges.get(0).close();
                return null;
            };
        }),
        MERGE_AWAIT_FINISHED(world -> {
            merged(world, 12);
            return () -> world.merges.get(0).awaitFinished(Duration.ofMillis(1));
        }),
        LINK(world -> {
            Dispatcher<String> upper = world.dispatcher(64, 64);
            Receiver<String> up = world.receiver(upper, "up");
            world.inlets.remove("up");
            ForwardingDispatcher<String> merge = world.merge(64);
            Receiver<String> r = world.receiver(merge, "r");
            Sender<String> sender = world.sender(upper.sender("s", up), "r");
            world.dispatch(sender, 3);
            return () -> merge.link(up, r);
        }),
        LINKED_DISPATCH(world -> {
            Dispatcher<String> upper = world.dispatcher(64, 64);
            Receiver<String> up = world.receiver(upper, "up");
            world.inlets.remove("up");
            ForwardingDispatcher<String> merge = world.merge(64);
            Receiver<String> r = world.receiver(merge, "r");
            Sender<String> sender = world.sender(upper.sender("s", up), "r");
            merge.link(up, r);
            world.dispatch(sender, 8);
            world.future(r.clock().whenReached(9));
            return () -> {
                sent(world, sender, sender.dispatch(TRIED));
                return null;
            };
        }),
        STAGED_DISPATCH(world -> {
            Dispatcher<String> upper = world.dispatcher(64, 64);
            Receiver<String> up = world.receiver(upper, "up");
            world.inlets.remove("up");
            ForwardingDispatcher<String> merge = world.merge(64);
            Receiver<String> r = world.receiver(merge, "r");
            Sender<String> sender = world.sender(upper.sender("s", up), "r");
            merge.stage(up, (number, payload) -> List.of(payload), r);
            world.dispatch(sender, 8);
            world.future(r.clock().whenReached(9));
            return () -> {
                sent(world, sender, sender.dispatch(TRIED));
                return null;
            };
        }),
        MERGE_READER_WOKEN_BY_FORWARD(world -> {
            Forwarder<String> a = merged(world, 0);
            advance(world, 100);
            asleep(world);
            return () -> forwarded(world, a, a.tryForward(1, TRIED));
        }),
        MERGE_READER_WOKEN_BY_ADVANCE(world -> {
            merged(world, 3);
            asleep(world);
            Forwarder<String> b = forwarder(world, "b");
            return () -> {
                b.advance(100);
                return null;
            };
        }),
        FORWARD_WOKEN_BY_ROOM(world -> {
            Forwarder<String> a = full(world);
            Thread forwarding =
                    world.start("forwards", () -> forwarded(world, a, a.forward(3, TRIED, FaultWorld.BOUND)));
            Await.blocked(forwarding);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            return () -> {
                try {
                    return inlet.receiver.drain(
                            (number, payload) -> inlet.give(new Delivery.Message<>(number, payload)), 1);
                } finally {
                    forwarding.join(FaultWorld.BOUND);
                }
            };
        }),
        FORWARD_WAITS_FOR_ROOM(world -> {
            Forwarder<String> a = full(world);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            Thread forwarding = Thread.currentThread();
            AtomicBoolean done = new AtomicBoolean();
            inlet.read = true;
            world.start("makes room", () -> {
                Await.eventually("the forward waits", () -> done.get() || waits(forwarding));
                return world.readAll(inlet);
            });
            return () -> {
                try {
                    return forwarded(world, a, a.forward(3, TRIED, FaultWorld.BOUND));
                } finally {
                    done.set(true);
                }
            };
        }),
        MERGE_START(world -> {
            ForwardingDispatcher<String> merge = world.heldMerge(64);
            Receiver<String> r = world.receiver(merge, "r");
            Receiver<String> other = world.receiver(merge, "other");
            world.forwarder(merge.broadcaster("b"), "r", "other");
            advance(world, 30);
            ring(world);
            return () -> {
                try {
                    merge.start();
                } catch (OutOfMemoryError e) {
                    if (goesOn(r) && other.clock().time() != r.clock().time()) {
                        throw new AssertionError("one has started, the other has not");
                    }
                    throw e;
                }
                return null;
            };
        }),
        MERGE_RECEIVER_JOINS_WHAT_IS_HELD_BACK(world -> {
            merged(world, 0);
            Forwarder<String> b = forwarder(world, "b");
            world.forwarder(world.merges.get(0).broadcaster("c"), "r", "idle"); // it has promised nothing
            world.forward(b, 1, 3);
            return () -> {
                Receiver<String> joins = world.receiver(world.merges.get(0), "joins");
                for (Forwarder<String> forwarder : List.of(b, forwarder(world, "c"))) {
                    world.forwarder(forwarder, "r", "idle", "joins");
                }
                world.inlets.get("joins").expected.addAll(List.of("m1", "m2", "m3"));
                return joins;
            };
        }),
        STAGE_THROWS(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 64, (number, payload) -> {
                throw FaultWorld.CAUSE;
            });
            world.future(stack.r.clock().whenReached(1));
            world.ends(stack.up, 1);
            world.ends(stack.r, 1);
            return () -> sent(world, stack.sender, stack.sender.dispatch(TRIED));
        }),
        LINK_CLOSE(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 1, null);
            stack.fill(5);
            world.ends(stack.r, 1);
            world.works(stack::isUpFree);
            return () -> stack.closed(stack.link, stack.up);
        }),
        LINK_CLOSE_BELOW_MERGE(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            Receiver<String> from = stack.low.receiver("from");
            Receiver<String> to = stack.merge.receiver("to");
            stack.fill(7);
            world.ends(stack.r, 1);
            world.works(stack::isUpFree);
            world.works(() -> stack.merge.link(from, to)); // closes no cycle any more
            return () -> stack.closed(stack.lowLink, stack.mid);
        }),
        LINKED_RECEIVER_DISCARD(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            world.leaving.add(stack.sender);
            world.ends(stack.up, 1);
            world.works(stack::isUpFree);
            return () -> {
                if (goesOn(stack.r)) {
                    stack.r.discard();
                }
                return null;
            };
        }),
        RECEIVER_ABOVE_MERGES_FAIL(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            world.leaving.add(stack.sender);
            world.ends(stack.r, 1);
            return () -> {
                stack.up.fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        LINKED_MERGE_FAIL(world -> {
            world.loses = true;
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            world.leaving.add(stack.sender); // so that no message comes by which a link finds out
            world.ends(stack.r, 1);
            world.ends(stack.up, 1);
            return () -> {
                stack.merge.fail(FaultWorld.CAUSE);
                return null;
            };
        }),
        LINKED_MERGE_CLOSE(world -> {
            Stack stack = new Stack(world, 1, null);
            CountDownLatch go = stack.fillAndRead(5);
            return () -> {
                go.countDown();
                stack.merge.close();
                return null;
            };
        }),
        STACK_CLOSE_FROM_BELOW(world -> {
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            CountDownLatch go = stack.fillAndRead(7);
            return () -> {
                go.countDown();
                stack.low.close();
                stack.merge.close();
                return null;
            };
        }),
        STACK_CLOSE_FROM_ABOVE(world -> {
            Stack stack = new Stack(world, 1, null);
            stack.lower();
            CountDownLatch go = stack.fillAndRead(7);
            return () -> {
                go.countDown();
                stack.merge.close();
                stack.low.close();
                return null;
            };
        });

        private final Preparation preparation;

        Scene(Preparation preparation) {
            this.preparation = preparation;
        }
    }

    // ---- publishers and subscribers

    /** Publishes one message when it is demanded. */
    private static void publish(Flow.Subscriber<? super String> subscriber) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                subscriber.onNext(TRIED);
                subscriber.onComplete();
            }

            @Override
            public void cancel() {}
        });
    }

    private static Object sentAll(FaultWorld world, Sender<String> sender, CompletableFuture<Long> sent) {
        Await.eventually("the future is done", sent::isDone);
        if (sent.isCompletedExceptionally()) {
            throw new java.util.concurrent.CompletionException(sent.exceptionNow());
        }
        world.accepted(sender, TRIED);
        return sent;
    }

    /** A subscriber that is told of an end, and demands each message but the first from another thread. */
    private static final class Subscriber implements Flow.Subscriber<Delivery.Message<String>> {
        private final FaultWorld world;
        private final FaultWorld.Inlet inlet;
        private final long first;
        private final CompletableFuture<Object> end = new CompletableFuture<>();
        private Flow.Subscription subscription;

        Subscriber(FaultWorld world, String receiver, long first) {
            this.world = world;
            this.inlet = world.inlets.get(receiver);
            this.first = first;
        }

        Object subscribe() {
            inlet.receiver.publisher().subscribe(this);
            inlet.read = true;
            return null;
        }

        Object requestAll() {
            subscription.request(Long.MAX_VALUE);
            return null;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            world.future(end);
            if (first != 0) {
                given.request(first);
            }
        }

        @Override
        public void onNext(Delivery.Message<String> message) {
            inlet.give(message);
            if (first != Long.MAX_VALUE) {
                Thread.startVirtualThread(() -> {
                    try {
                        subscription.request(1);
                    } catch (OutOfMemoryError e) {
                        // what is read has failed
                    }
                });
            }
        }

        @Override
        public void onError(Throwable throwable) {
            end.completeExceptionally(throwable);
        }

        @Override
        public void onComplete() {
            end.complete("complete");
        }
    }

    // ---- what scenes begin with

    /** A sender to "r", whose inbox holds so many messages, and an idle receiver. */
    private static Sender<String> filled(FaultWorld world, int count) throws InterruptedException {
        Dispatcher<String> dispatcher = world.dispatcher(64, 64);
        Receiver<String> r = world.receiver(dispatcher, "r");
        world.receiver(dispatcher, "idle");
        Sender<String> sender = world.sender(dispatcher.sender("s", r), "r");
        world.dispatch(sender, count);
        return sender;
    }

    /** A group, besides a sender to "r", whose inbox holds three messages, and an idle receiver. */
    private static Group<String> grouped(FaultWorld world, String... names) throws InterruptedException {
        filled(world, 3);
        Group<String> group = world.dispatchers.get(0).group("g");
        for (String name : names) {
            group.add(world.inlets.get(name).receiver);
        }
        return group;
    }

    /** A sender to "r", whose inbox has one slot, with the rest of so many messages in the channel. */
    private static Sender<String> blocked(FaultWorld world, int count) throws InterruptedException {
        Dispatcher<String> dispatcher = world.dispatcher(64, 1);
        Receiver<String> r = world.receiver(dispatcher, "r");
        world.receiver(dispatcher, "idle");
        Sender<String> sender = world.sender(dispatcher.sender("s", r), "r");
        world.send(sender, count);
        Await.eventually(
                "the pump waits",
                () -> dispatcher.snapshot().senders().stream()
                        .anyMatch(state -> !state.waitsFor().isEmpty()));
        return sender;
    }

    /** The same, with a group that waits, a thread that waits to send, and waits for the clock. */
    private static Sender<String> crowded(FaultWorld world) throws InterruptedException {
        Dispatcher<String> dispatcher = world.dispatcher(2, 1);
        Receiver<String> r = world.receiver(dispatcher, "r");
        Receiver<String> idle = world.receiver(dispatcher, "idle");
        Sender<String> sender = world.sender(dispatcher.sender("s", r), "r");
        Sender<String> group = world.sender(dispatcher.sender("g", List.of(r, idle)), "r", "idle");
        world.send(sender, 3);
        group.send("g1");
        world.accepted(group, "g1");
        Await.eventually(
                "the pumps wait",
                () -> dispatcher.snapshot().senders().stream()
                        .noneMatch(state -> state.waitsFor().isEmpty()));
        world.waiting("sends", () -> {
            sender.send("m4");
            world.accepted(sender, "m4");
            return null;
        });
        world.future(r.clock().whenReached(1));
        world.future(r.clock().whenReached(3));
        world.waiting("waits for 1", () -> waitFor(r, 1));
        world.waiting("waits for 2", () -> waitFor(r, 2));
        return sender;
    }

    /** A forwarder to "r" that has forwarded 1 and so on, another to all that has promised nothing, and an idle receiver. */
    private static Forwarder<String> merged(FaultWorld world, int count) throws InterruptedException {
        ForwardingDispatcher<String> merge = world.merge(64);
        Receiver<String> r = world.receiver(merge, "r");
        world.receiver(merge, "idle");
        Forwarder<String> a = world.forwarder(merge.forwarder("a", r), "r");
        world.forwarder(merge.broadcaster("b"), "r", "idle");
        world.forward(a, 1, count);
        return a;
    }

    /** Has "r" of a merge read by a thread, which sleeps when this returns. */
    private static void asleep(FaultWorld world) {
        Await.blocked(world.read(world.inlets.get("r")));
    }

    /** A forwarder to "r", whose buffer of two is full of what is due. */
    private static Forwarder<String> full(FaultWorld world) throws InterruptedException {
        ForwardingDispatcher<String> merge = world.merge(2);
        Receiver<String> r = world.receiver(merge, "r");
        Forwarder<String> a = world.forwarder(merge.forwarder("a", r), "r");
        world.forward(a, 1, 2);
        return a;
    }

    /** Whether it has not been discarded; throws where it has failed. */
    private static boolean goesOn(Receiver<String> receiver) throws InterruptedException {
        try {
            return !receiver.clock().waitUntil(1000, NOW);
        } catch (ClosedException e) {
            return false;
        }
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** A sender to "up", which is linked to "r" of a merge, or by {@link #lower} to "mid" and from there to "r" of another merge. */
    private static final class Stack {
        final FaultWorld world;
        final int buffer;
        final Dispatcher<String> top;
        final Receiver<String> up;
        final ForwardingDispatcher<String> merge;
        final Link link;
        Receiver<String> r;
        Sender<String> sender;
        Receiver<String> mid;
        ForwardingDispatcher<String> low;
        Link lowLink;

        Stack(FaultWorld world, int buffer, Stage<String, String> stage) {
            this.world = world;
            this.buffer = buffer;
            top = world.dispatcher(64, 1);
            up = world.receiver(top, "up");
            world.inlets.remove("up");
            merge = world.merge(buffer);
            r = world.receiver(merge, "r");
            sender = world.sender(top.sender("s", up), "r");
            link = stage == null ? merge.link(up, r) : merge.stage(up, stage, r);
        }

        void lower() {
            mid = r;
            low = world.merge(buffer);
            r = world.receiver(low, "r");
            world.sender(sender, "r");
            lowLink = low.link(mid, r);
        }

        /** Sends so much that all is full, and some is still in the channel. */
        void fill(int count) throws InterruptedException {
            world.send(sender, count);
            Await.eventually(
                    "all wait",
                    () -> isFull(top.snapshot())
                            && isFull(merge.snapshot())
                            && (low == null || isFull(low.snapshot())));
        }

        private static boolean isFull(Snapshot snapshot) {
            return !snapshot.senders().get(0).waitsFor().isEmpty();
        }

        /** Closes a link; not once more, where it has discarded the receiver that it comes from. */
        Object closed(Link closing, Receiver<String> from) throws Exception {
            if (goesOn(from)) {
                closing.close();
            }
            return null;
        }

        /** Has "up" join anew, which has been discarded. */
        Receiver<String> isUpFree() throws Exception {
            if (goesOn(up)) {
                throw new IllegalStateException(up + " goes on");
            }
            return top.receiver("up");
        }

        /** The same, with a reader of "r" that goes on when it is told to. */
        CountDownLatch fillAndRead(int count) throws InterruptedException {
            CountDownLatch go = new CountDownLatch(1);
            FaultWorld.Inlet inlet = world.inlets.get("r");
            inlet.read = true;
            world.leaving.add(sender);
            world.start("reads r", () -> {
                inlet.receiver.forEachMessage((number, payload) -> {
                    go.await();
                    inlet.give(new Delivery.Message<>(number, payload));
                });
                return null;
            });
            fill(count);
            return go;
        }
    }

    private static Forwarder<String> forwarder(FaultWorld world, String name) {
        return world.forwarders.keySet().stream()
                .filter(forwarder -> forwarder.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void advance(FaultWorld world, long number) {
        forwarder(world, "b").advance(number);
    }

    /** Waits for the clocks of a merge. */
    private static void ring(FaultWorld world) {
        for (FaultWorld.Inlet inlet : world.inlets.values()) {
            Receiver<String> receiver = inlet.receiver;
            for (long number = receiver.clock().time() + 1; number < 130; number += 25) {
                world.future(receiver.clock().whenReached(number));
            }
            long next = receiver.clock().time() + 1;
            world.waiting("waits for " + next, () -> waitFor(receiver, next));
        }
    }

    private static Object waitFor(Receiver<String> receiver, long number) throws InterruptedException {
        receiver.clock().waitUntil(number);
        return null;
    }

    private interface Read {
        Delivery<String> from(Receiver<String> receiver) throws InterruptedException;
    }

    private static Callable<?> reading(FaultWorld world, Read read) {
        FaultWorld.Inlet inlet = world.inlets.get("r");
        return () -> {
            inlet.give(read.from(inlet.receiver));
            return null;
        };
    }

    private static Object sent(FaultWorld world, Sender<String> sender, Object result) {
        if (!Boolean.FALSE.equals(result)) {
            world.accepted(sender, TRIED);
        }
        return result;
    }

    private static Object forwarded(FaultWorld world, Forwarder<String> forwarder, Object result) {
        return forwardedNumber(world, forwarder, result);
    }

    private static Object forwardedNumber(FaultWorld world, Forwarder<String> forwarder, Object result) {
        if (!Boolean.FALSE.equals(result)) {
            world.accepted(forwarder, TRIED);
        }
        return result;
    }

    // ---- running

    /** Plays a scene with the fault at each of its allocations, in turn. */
    @Override
    public String apply(String name, Boolean others) {
        Scene scene = Scene.valueOf(name);
        long allocations = play(scene, others, Long.MAX_VALUE);
        play(scene, others, Long.MAX_VALUE); // what is made once, has been
        StringBuilder wrong = new StringBuilder();
        long hits = 0;
        long k = 0;
        int misses = 0;
        int failures = 0;
        while (misses < (others ? 3 : 1)) {
            k++;
            try {
                play(scene, others, k);
            } catch (Throwable e) {
                wrong.append(describe(k, e));
                if (++failures == 3) {
                    break;
                }
            }
            if (AllocationFault.thrown() == null) {
                misses++;
            } else {
                hits++;
            }
        }
        return wrong.isEmpty() ? "" + hits : "at " + allocations + " allocations:\n" + wrong;
    }

    private static String describe(long k, Throwable e) {
        java.io.StringWriter text = new java.io.StringWriter();
        text.write("---- at allocation " + k + ": ");
        OutOfMemoryError planted = AllocationFault.thrown();
        java.io.PrintWriter out = new java.io.PrintWriter(text);
        out.println(e);
        for (StackTraceElement frame : e.getStackTrace()) {
            if (frame.getClassName().contains(".faults.")) {
                out.println("    checked " + frame);
            }
        }
        if (planted != null) {
            for (StackTraceElement frame : planted.getStackTrace()) {
                if (frame.getClassName().startsWith("io.github.clockeddispatch")) {
                    out.println("    planted " + frame);
                }
            }
        }
        return text.toString();
    }

    private static long play(Scene scene, boolean others, long k) {
        FaultWorld world = new FaultWorld();
        Callable<?> act;
        Throwable thrown = null;
        try {
            act = scene.preparation.in(world);
            AllocationFault.arm(others, k);
            try {
                act.call();
            } catch (Throwable e) {
                thrown = e;
            }
            long counted = others ? 0 : AllocationFault.disarm();
            world.check(thrown, act);
            return Math.max(counted, AllocationFault.disarm());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            AllocationFault.disarm();
        }
    }
}

package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Stage;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Settings, and deliveries that somebody makes by hand; and what a stage may return. */
final class ValueRows {
    private static final Class<NullPointerException> NULL = NullPointerException.class;
    private static final Class<IllegalArgumentException> ILLEGAL = IllegalArgumentException.class;
    private static final int MAX = Integer.MAX_VALUE;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private ValueRows() {}

    static List<Row<BuilderScene>> rows() {
        Table<BuilderScene> table = new Table<>("builder", BuilderScene::new);
        dispatcher(table);
        merge(table);
        policies(table);
        deliveries(table);
        stages(table);
        return table.rows();
    }

    private static void dispatcher(Table<BuilderScene> table) {
        table.of("Dispatcher.Builder.name(String)")
                .fails("String null", s -> s.dispatcher.name(null), NULL, "name")
                .works("String empty", s -> s.dispatcher.name(""));
        table.of("Dispatcher.Builder.startAfter(long)")
                .works("long 0", s -> s.dispatcher.startAfter(0))
                .fails("long -1", s -> s.dispatcher.startAfter(-1), ILLEGAL, "-1")
                .fails(
                        "long Long.MAX_VALUE",
                        s -> s.dispatcher.startAfter(Long.MAX_VALUE),
                        ILLEGAL,
                        "" + Long.MAX_VALUE);
        table.of("Dispatcher.Builder.channelCapacity(int)")
                .fails("int 0", s -> s.dispatcher.channelCapacity(0), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.dispatcher.channelCapacity(-1), ILLEGAL, "-1")
                .fails("int Integer.MAX_VALUE", s -> s.dispatcher.channelCapacity(MAX), ILLEGAL, "" + MAX);
        table.of("Dispatcher.Builder.inboxCapacity(int)")
                .fails("int 0", s -> s.dispatcher.inboxCapacity(0), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.dispatcher.inboxCapacity(-1), ILLEGAL, "-1")
                .fails("int Integer.MAX_VALUE", s -> s.dispatcher.inboxCapacity(MAX), ILLEGAL, "" + MAX);
        table.of("Dispatcher.Builder.drainTimeout(Duration)")
                .fails("Duration null", s -> s.dispatcher.drainTimeout(null), NULL, "timeout")
                .works("Duration zero", s -> s.dispatcher.drainTimeout(Duration.ZERO))
                .works("Duration negative", s -> s.dispatcher.drainTimeout(Scene.NEGATIVE))
                .works("Duration huge", s -> s.dispatcher.drainTimeout(Scene.HUGE));
        table.of("Dispatcher.Builder.onFailure(FailureListener)")
                .fails("FailureListener null", s -> s.dispatcher.onFailure(null), NULL, "listener");
        table.of("Dispatcher.Builder.pumpExecutor(Executor)")
                .fails("Executor null", s -> s.dispatcher.pumpExecutor(null), NULL, "executor");
    }

    private static void merge(Table<BuilderScene> table) {
        table.of("ForwardingDispatcher.Builder.name(String)")
                .fails("String null", s -> s.merge.name(null), NULL, "name")
                .works("String empty", s -> s.merge.name(""));
        table.of("ForwardingDispatcher.Builder.startAfter(long)")
                .works("long 0", s -> s.merge.startAfter(0))
                .fails("long -1", s -> s.merge.startAfter(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.merge.startAfter(Long.MAX_VALUE), ILLEGAL, "" + Long.MAX_VALUE);
        table.of("ForwardingDispatcher.Builder.channelCapacity(int)")
                .fails("int 0", s -> s.merge.channelCapacity(0), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.merge.channelCapacity(-1), ILLEGAL, "-1")
                .fails("int Integer.MAX_VALUE", s -> s.merge.channelCapacity(MAX), ILLEGAL, "" + MAX);
        table.of("ForwardingDispatcher.Builder.drainTimeout(Duration)")
                .fails("Duration null", s -> s.merge.drainTimeout(null), NULL, "timeout")
                .works("Duration zero", s -> s.merge.drainTimeout(Duration.ZERO))
                .works("Duration negative", s -> s.merge.drainTimeout(Scene.NEGATIVE))
                .works("Duration huge", s -> s.merge.drainTimeout(Scene.HUGE));
        table.of("ForwardingDispatcher.Builder.onFailure(FailureListener)")
                .fails("FailureListener null", s -> s.merge.onFailure(null), NULL, "listener");
    }

    private static void policies(Table<BuilderScene> table) {
        table.of("FailurePolicy.retry(int,Duration)")
                .fails("int 0", s -> FailurePolicy.retry(0, SECOND), ILLEGAL, "attempts", "but was 0")
                .fails("int -1", s -> FailurePolicy.retry(-1, SECOND), ILLEGAL, "-1")
                .works("int Integer.MAX_VALUE", s -> FailurePolicy.retry(MAX, SECOND))
                .fails("Duration null", s -> FailurePolicy.retry(1, null), NULL, "delay")
                .works("Duration zero", s -> FailurePolicy.retry(1, Duration.ZERO))
                .works("Duration negative", s -> FailurePolicy.retry(1, Scene.NEGATIVE))
                .works("Duration huge", s -> FailurePolicy.retry(1, Scene.HUGE));
        table.of("Recovery.retryAfter(Duration)")
                .fails("Duration null", s -> Recovery.retryAfter(null), NULL, "delay")
                .gives(
                        "Duration zero",
                        "retry after 0 ms",
                        s -> Recovery.retryAfter(Duration.ZERO).toString())
                .gives(
                        "Duration negative",
                        "retry after 0 ms",
                        s -> Recovery.retryAfter(Scene.NEGATIVE).toString())
                .works("Duration huge", s -> Recovery.retryAfter(Scene.HUGE).toString());
    }

    private static void deliveries(Table<BuilderScene> table) {
        table.of("Delivery.Message.new(long,Object)")
                .fails("long 0", s -> new Delivery.Message<>(0, "x"), ILLEGAL, "but was 0")
                .fails("long -1", s -> new Delivery.Message<>(-1, "x"), ILLEGAL, "-1")
                .fails(
                        "long Long.MAX_VALUE",
                        s -> new Delivery.Message<>(Long.MAX_VALUE, "x"),
                        ILLEGAL,
                        "" + Long.MAX_VALUE)
                .fails("Object null", s -> new Delivery.Message<>(1, null), NULL, "payload");
        table.of("Delivery.Tick.new(long)")
                .works("long 0", s -> new Delivery.Tick<>(0))
                .fails("long -1", s -> new Delivery.Tick<>(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> new Delivery.Tick<>(Long.MAX_VALUE), ILLEGAL, "" + Long.MAX_VALUE);
        table.of("Delivery.End.new(long)")
                .works("long 0", s -> new Delivery.End<>(0))
                .fails("long -1", s -> new Delivery.End<>(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> new Delivery.End<>(Long.MAX_VALUE), ILLEGAL, "" + Long.MAX_VALUE);
    }

    private static void stages(Table<BuilderScene> table) {
        table.of("Stage.apply(long,Object)")
                .works("returns null", s -> failsItsLink((number, payload) -> null, "result"))
                .works(
                        "returns with null",
                        s -> failsItsLink((number, payload) -> Collections.singletonList(null), "result"));
    }

    /** Runs a stage that returns what cannot be: what it leads to and what it comes from fail, and say why; others go on. */
    private static void failsItsLink(Stage<String, String> stage, String says) throws Exception {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> from = top.receiver("from");
            Receiver<String> to = merge.receiver("to");
            merge.stage(from, stage, to);
            Sender<String> sender = top.sender("s", from);
            long number = sender.dispatch("x");
            for (Receiver<String> stopped : List.of(from, to)) {
                assertThat(endsWith(FailedException.class, stopped.clock().whenReached(number)))
                        .hasRootCauseInstanceOf(NullPointerException.class)
                        .rootCause()
                        .hasMessageContaining(says);
            }
            Receiver<String> other = top.receiver("other");
            assertThat(top.sender("to other", other).dispatch("x")).isEqualTo(number + 1);
        }
    }

    /** Fails unless the future ends with this, which it returns. */
    static Throwable endsWith(Class<? extends Throwable> type, CompletableFuture<?> future) {
        Await.eventually("the future ends", future::isDone);
        assertThat(future.exceptionNow()).isExactlyInstanceOf(type);
        return future.exceptionNow();
    }
}

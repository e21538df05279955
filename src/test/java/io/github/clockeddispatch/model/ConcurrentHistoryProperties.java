package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.CLOSED;
import static io.github.clockeddispatch.model.CallOutcome.FAILED;

import io.github.clockeddispatch.model.Call.Patience;
import io.github.clockeddispatch.model.ModelWorld.Setting;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Four threads make calls, and are left to wait in them, with every capacity at 1. What they saw must be explained by some
 * order of the model's steps; and, whenever nothing moves any more, so must be that each of them still waits.
 */
class ConcurrentHistoryProperties {

    private static final int THREADS = 4;

    private static final List<Patience> PATIENCE = List.of(
            Patience.EVER, Patience.EVER, Patience.EVER, Patience.EVER, Patience.SOON, Patience.NOW, Patience.TRY);

    /** Who sends to whom; nobody stands for everyone. */
    enum Shape {
        ONE_RECEIVER(Set.of(0), Set.of(0), Set.of(0)),
        TWO_AND_A_GROUP(Set.of(0), Set.of(1), Set.of(0, 1)),
        TWO_GROUPS(Set.of(0, 1), Set.of(0, 1), Set.of(0)),
        BROADCASTERS(Set.of(0), Set.of(), Set.of());

        private final List<Set<Integer>> senders;

        Shape(Set<Integer> first, Set<Integer> second, Set<Integer> third) {
            senders = List.of(first, second, third);
        }

        /** The calls that set it up. */
        Stream<Call> calls() {
            return Stream.concat(
                    Stream.of(new Call.Join(1), new Call.Join(1)),
                    senders.stream().map(Call.Open::new));
        }
    }

    enum What {
        SEND,
        DISPATCH,
        READ,
        ACKNOWLEDGE,
        AWAIT,
        TIME,
        CLOSE_SENDER,
        STOP_RECEIVER,
        INTERRUPT
    }

    enum Ending {
        INTERRUPT,
        CLOSE,
        FAIL
    }

    /**
     * What a thread is to do: the one with this number or, if it waits in a call, the next.
     *
     * @param rest whether it is waited for rest before it
     */
    record Command(int thread, What what, int a, int b, boolean rest) {}

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void someOrderExplainsWhatWasSeen(
            @ForAll Shape shape, @ForAll("scripts") List<Command> commands, @ForAll Ending ending) {
        Setting setting = new Setting(1, true, 0);
        Real real = new Real(setting.open());
        shape.calls().forEach(real::make);
        Supplier<Model> initial = () -> {
            Model model = setting.model();
            shape.calls().forEach(call -> call.step(model, 0, 0, null));
            return model;
        };
        try (History history = new History(real, initial, THREADS + 1)) {
            for (int i = 0; i < commands.size(); i++) {
                carryOut(commands.get(i), i, history, real);
            }
            history.awaitRest();
            end(ending, history);
            history.explanations();
        }
    }

    @Provide
    Arbitrary<List<Command>> scripts() {
        return commands().list().ofMaxSize(30).withSizeDistribution(RandomDistribution.uniform());
    }

    private static Arbitrary<Command> commands() {
        Arbitrary<What> what = Arbitraries.frequency(
                Tuple.of(24, What.SEND),
                Tuple.of(20, What.DISPATCH),
                Tuple.of(36, What.READ),
                Tuple.of(6, What.ACKNOWLEDGE),
                Tuple.of(16, What.AWAIT),
                Tuple.of(4, What.TIME),
                Tuple.of(1, What.CLOSE_SENDER),
                Tuple.of(1, What.STOP_RECEIVER),
                Tuple.of(8, What.INTERRUPT));
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 11);
        return Combinators.combine(
                        Arbitraries.integers().between(0, THREADS - 1), what, any, any, Arbitraries.of(true, false))
                .as(Command::new);
    }

    private static void carryOut(Command command, int payload, History history, Real real) {
        if (command.rest) {
            history.awaitRest();
        }
        OptionalInt idle = idle(command, history);
        if (idle.isEmpty()) {
            history.awaitRest(); // nothing that would come is lost by the interrupt
            idle = idle(command, history);
        }
        if (command.what == What.INTERRUPT || idle.isEmpty()) {
            history.interrupt(command.thread);
            return;
        }
        Call call = call(command, payload, history, real);
        if (call != null) {
            history.call(idle.getAsInt(), call);
        }
    }

    private static OptionalInt idle(Command command, History history) {
        return IntStream.range(command.thread, command.thread + THREADS)
                .map(thread -> thread % THREADS)
                .filter(thread -> !history.isBusy(thread))
                .findFirst();
    }

    private static @Nullable Call call(Command command, int payload, History history, Real real) {
        int sender = command.a % 3;
        int receiver = command.a % 2;
        boolean isRead = history.isRead(receiver);
        Patience patience = PATIENCE.get(command.b % PATIENCE.size());
        return switch (command.what) {
            case SEND -> new Call.Send(sender, payload, patience);
            case DISPATCH -> new Call.Dispatch(sender, payload, patience);
            case READ -> isRead ? null : new Call.Read(receiver, command.a < 6, patience);
            case ACKNOWLEDGE -> isRead ? null : new Call.Acknowledge(receiver);
            case AWAIT -> new Call.Await(receiver, real.dispatcher.sequence() + command.a / 4, patience);
            case TIME -> new Call.Time(receiver);
            case CLOSE_SENDER -> new Call.CloseSender(sender);
            case STOP_RECEIVER -> new Call.Stop(receiver, command.b % 2 == 0 ? CLOSED : FAILED);
            case INTERRUPT -> null;
        };
    }

    private static void end(Ending ending, History history) {
        switch (ending) {
            case INTERRUPT -> {}
            case CLOSE -> history.call(THREADS, new Call.Close());
            case FAIL -> history.call(THREADS, new Call.Fail());
        }
        history.awaitReturn(THREADS);
        history.awaitRest();
        for (int thread = 0; thread < THREADS; thread++) {
            history.interrupt(thread);
            history.awaitReturn(thread);
        }
    }
}

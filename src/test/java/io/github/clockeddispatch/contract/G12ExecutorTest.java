package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G12 closing, with given executors of all kinds")
class G12ExecutorTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofHours(1);

    /** Keeps what it is given, to be run later or never. */
    private static final class Keeper implements Executor {
        final List<Runnable> tasks = new CopyOnWriteArrayList<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }
    }

    /** Runs each task on a thread that the test can interrupt. */
    private static final class Owner implements Executor {
        final List<Thread> threads = new CopyOnWriteArrayList<>();
        private final Setup setup;

        Owner(Setup setup) {
            this.setup = setup;
        }

        @Override
        public void execute(Runnable task) {
            threads.add(setup.run("pump of an owner", task::run).thread());
        }
    }

    /** Does as it is told at each call. */
    private static final class Fickle implements Executor {
        Executor now;

        Fickle(Executor now) {
            this.now = now;
        }

        @Override
        public void execute(Runnable task) {
            now.execute(task);
        }
    }

    private static Dispatcher<String> open(Setup setup, Executor executor, Duration drainTimeout) {
        return setup.open(builder -> builder.pumpExecutor(executor).drainTimeout(drainTimeout));
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pump that is never started is like a slow reader, and close counts its messages")
    void g12APumpThatIsNeverStarted(Setup setup) throws InterruptedException {
        for (Executor executor : List.<Executor>of(new Keeper(), task -> {})) {
            Dispatcher<String> dispatcher = open(setup, executor, SHORT);
            Receiver<String> r = dispatcher.receiver("r");
            Sender<String> sender = dispatcher.sender("desk", r);
            Setup.send(sender, setup.capacity());
            assertFalse(sender.trySend("full"));
            assertFalse(sender.send("full", Duration.ofMillis(1)));
            assertThrows(TimeoutException.class, () -> sender.dispatch("full", Duration.ofMillis(1)));
            assertEquals(0, dispatcher.sequence());

            G12ClosingTest.says(assertThrows(DispatchException.class, dispatcher::close), setup.capacity(), "desk");
            assertEquals(new Delivery.End<>(0), r.receive());
        }
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a dispatcher whose pumps never started closes at once where nothing was sent")
    void g12NothingSentThroughAPumpThatIsNeverStarted(Setup setup) {
        Dispatcher<String> dispatcher = open(setup, new Keeper(), LONG);
        Sender<String> sender = dispatcher.sender("s", dispatcher.receiver("r"));
        dispatcher.broadcaster("b");
        sender.close();
        dispatcher.close();
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pump that is started late delivers what has waited for it")
    void g12APumpThatIsStartedLate(Setup setup) throws InterruptedException {
        Keeper keeper = new Keeper();
        Dispatcher<String> dispatcher = open(setup, keeper, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Reading<String> reading = setup.read(r);
        Setup.send(sender, setup.capacity());
        Running<Void> closing = setup.run("closing", dispatcher::close).staysBlocked();
        Running<Void> pump = setup.run("pump", keeper.tasks.getFirst()::run);
        closing.result();
        pump.result();

        assertEquals(Numbers.upTo(setup.capacity()), Reading.numbers(reading.all()));
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pump that is started after close ends at once")
    void g12APumpThatIsStartedAfterClose(Setup setup) throws InterruptedException {
        Keeper keeper = new Keeper();
        Dispatcher<String> dispatcher = open(setup, keeper, SHORT);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        sender.send("x");
        assertThrows(DispatchException.class, dispatcher::close);
        setup.run("pump", keeper.tasks.getFirst()::run).result();

        assertEquals(0, dispatcher.sequence());
        assertEquals(new Delivery.End<>(0), r.receive());
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pump that is started twice is run once")
    void g12APumpThatIsStartedTwice(Setup setup) throws InterruptedException {
        Keeper keeper = new Keeper();
        Dispatcher<String> dispatcher = open(setup, keeper, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        setup.run("pump", keeper.tasks.getFirst()::run).awaitBlocked();
        setup.run("pump again", keeper.tasks.getFirst()::run).result();
        Reading<String> reading = setup.read(r);
        Setup.send(sender, 100);
        dispatcher.close();

        assertEquals(Numbers.upTo(100), Reading.numbers(reading.all()));
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 an executor that runs the pump on the calling thread is refused, and nothing has changed")
    void g12AnInlineExecutorIsRefused(Setup setup) throws InterruptedException {
        refusedAndNothingChanged(setup, Runnable::run);
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 so is one that swallows what the pump throws there")
    void g12AnInlineExecutorThatSwallowsIsRefused(Setup setup) throws InterruptedException {
        refusedAndNothingChanged(setup, task -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                // as a pool would
            }
        });
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 so is one that throws")
    void g12AnExecutorThatThrowsIsRefused(Setup setup) throws InterruptedException {
        refusedAndNothingChanged(setup, task -> {
            throw new IllegalStateException("not now");
        });
        refusedAndNothingChanged(setup, task -> {
            throw new RejectedExecutionException("not now");
        });
        ExecutorService shutDown = Executors.newVirtualThreadPerTaskExecutor();
        shutDown.close();
        refusedAndNothingChanged(setup, shutDown);
    }

    private static void refusedAndNothingChanged(Setup setup, Executor refusing) throws InterruptedException {
        Fickle executor = new Fickle(refusing);
        Dispatcher<String> dispatcher = open(setup, executor, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        assertThrows(RejectedExecutionException.class, () -> dispatcher.sender("s", r));
        assertThrows(RejectedExecutionException.class, () -> dispatcher.sender("s", List.of(r, r)));
        assertThrows(RejectedExecutionException.class, () -> dispatcher.broadcaster("s"));
        assertEquals(0, dispatcher.sequence());
        assertEquals(List.of(), dispatcher.snapshot().senders());
        assertEquals(Optional.empty(), r.tryReceive()); // it never had a sender, and so has not ended
        executor.now = setup.givenExecutor();
        Sender<String> sender = dispatcher.sender("s", r); // the name is free
        assertEquals(1, sender.dispatch("x"));
        assertEquals(new Delivery.Message<>(1, "x"), r.receiveMessage());
        dispatcher.close();
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pump that is interrupted by its owner closes its sender, and its rest is counted")
    void g12AnInterruptedPumpClosesItsSender(Setup setup) throws InterruptedException {
        Owner owner = new Owner(setup);
        Dispatcher<String> dispatcher = open(setup, owner, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("desk", r);
        setup.fill(sender, r);
        Running<Void> waiting = setup.run("waiting", () -> sender.send("x")).awaitBlocked();
        Await.blocked(owner.threads.getFirst());
        owner.threads.getFirst().interrupt();

        waiting.failure(ClosedException.class);
        assertThrows(ClosedException.class, () -> sender.send("x"));
        assertThrows(ClosedException.class, () -> sender.dispatch("x"));
        dispatcher.sender("desk", dispatcher.receiver("other")); // the name is free
        assertEquals(
                Numbers.upTo(setup.capacity()),
                Reading.numbers(setup.read(r).all())); // and then it ends, as its last sender has left
        G12ClosingTest.says(assertThrows(DispatchException.class, dispatcher::close), setup.capacity(), "desk");
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 one that is interrupted with nothing to do closes its sender, and nothing is counted")
    void g12AnIdlePumpIsInterrupted(Setup setup) throws InterruptedException {
        Owner owner = new Owner(setup);
        Dispatcher<String> dispatcher = open(setup, owner, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("desk", r);
        assertEquals(1, sender.dispatch("x"));
        Await.blocked(owner.threads.getFirst());
        owner.threads.getFirst().interrupt();
        Await.eventually(
                "the sender is closed", () -> dispatcher.snapshot().senders().isEmpty());
        assertThrows(ClosedException.class, () -> sender.trySend("refused"));

        assertInstanceOf(Delivery.Message.class, r.receive());
        setup.read(r).all();
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a dispatch that an interrupted pump leaves behind is told and not counted")
    void g12ADispatchOfAnInterruptedPumpIsTold(Setup setup) throws InterruptedException {
        Owner owner = new Owner(setup);
        Dispatcher<String> dispatcher = open(setup, owner, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("desk", r);
        Setup.send(sender, setup.capacity());
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
        Running<Long> dispatch =
                setup.call("dispatch", () -> sender.dispatch("x")).awaitBlocked();
        Await.blocked(owner.threads.getFirst());
        owner.threads.getFirst().interrupt();

        dispatch.failure(ClosedException.class);
        dispatcher.close(); // throws nothing
    }

    @ContractTest(
            pumps = Pumps.GIVEN,
            capacities = {1, 1024})
    @DisplayName("G12 an executor that is shut down with all its threads: nobody hangs, all is counted")
    void g12AnExecutorThatIsShutDown(Setup setup) throws InterruptedException {
        ExecutorService executor = setup.threads() == Kind.VIRTUAL
                ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newCachedThreadPool();
        Dispatcher<String> dispatcher = open(setup, executor, LONG);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> one = dispatcher.sender("one", r);
        Sender<String> two = dispatcher.sender("two", List.of(r));
        setup.fill(one, r);
        Setup.send(two, setup.capacity());
        executor.shutdownNow();
        DispatchException told = assertThrows(DispatchException.class, dispatcher::close);
        executor.close();

        G12ClosingTest.says(told, setup.capacity(), "one");
        G12ClosingTest.says(told, setup.capacity(), "two");
        assertTrue(r.pending() > 0);
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G12 a pool that has fewer threads than there are senders lets the later ones wait")
    void g12APoolThatIsTooSmall(Setup setup) throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(1);
        Dispatcher<String> dispatcher = open(setup, executor, SHORT);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> first = dispatcher.sender("first", r);
        Sender<String> second = dispatcher.sender("second", r);
        Reading<String> reading = setup.read(r);
        assertEquals(1, first.dispatch("x"));
        second.send("y");
        second.close();
        first.send("z");
        reading.await(2);
        first.close(); // which frees the thread for the second

        assertEquals(3, reading.all().size());
        dispatcher.close();
        executor.close();
    }
}

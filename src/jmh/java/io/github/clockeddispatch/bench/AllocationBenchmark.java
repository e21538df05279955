package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What single calls cost where nobody waits, and what they allocate ({@code -prof gc}). */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class AllocationBenchmark {
    private final Object message = new Object();
    private Dispatcher<Object> dispatcher;
    private Sender<Object> sender;
    private Receiver<Object> reading;
    private Receiver<Object> idle;
    private long sent;

    @Setup
    public void open() {
        dispatcher = Dispatcher.open();
        reading = dispatcher.receiver("reading");
        idle = dispatcher.receiver("idle");
        sender = dispatcher.sender("sender", reading);
        dispatcher.read(reading, (number, payload) -> {});
    }

    @TearDown
    public void close() {
        dispatcher.close();
    }

    /** The reader reads by {@code forEachMessage}, as own readers do; what it allocates counts too. */
    @Benchmark
    public void send() throws InterruptedException {
        sender.send(message);
    }

    /** Half of what there is room for, and then until all of it has been read: no send waits for a slot. */
    @Benchmark
    @OperationsPerInvocation(512)
    public void sendWithRoom() throws InterruptedException {
        for (int i = 0; i < 512; i++) {
            sender.send(message);
        }
        sent += 512;
        while (reading.clock().time() < sent) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    public long dispatch() throws InterruptedException {
        return sender.dispatch(message);
    }

    @Benchmark
    public long time() {
        return idle.clock().time();
    }
}

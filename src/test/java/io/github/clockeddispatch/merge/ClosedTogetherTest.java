package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;

/** F9, G12: what is closed while somebody sends loses nothing of which not one close, and one only, tells. */
class ClosedTogetherTest {

    private static final Pattern LOST = Pattern.compile("(\\d+) messages? of ");
    private static final int ROUNDS = 50;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @RepeatedTest(4)
    void eachMessageIsHandledOrToldOfOnce() throws InterruptedException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            closeTogether(random, "round " + round + " of seed " + seed);
        }
    }

    private void closeTogether(Random random, String round) throws InterruptedException {
        told.clear();
        int capacity = 1 + random.nextInt(8);
        Dispatcher<Integer> top = Dispatcher.builder()
                .channelCapacity(capacity)
                .inboxCapacity(capacity)
                .open();
        ForwardingDispatcher<Integer> middle = merge("middle", capacity);
        ForwardingDispatcher<Integer> lower = merge("lower", capacity);
        Receiver<Integer> a = top.receiver("a");
        Receiver<Integer> b = middle.receiver("b");
        Receiver<Integer> c = lower.receiver("c");
        middle.link(a, b);
        lower.link(b, c);
        List<Integer> handled = Collections.synchronizedList(new ArrayList<>());
        lower.read(c, (number, message) -> handled.add(message));
        Sender<Integer> sender = top.sender("s", a);
        AtomicInteger accepted = new AtomicInteger();
        int before = random.nextInt(200);
        CountDownLatch sent = new CountDownLatch(before);
        Thread sends = Thread.ofPlatform().start(() -> send(sender, accepted, sent));
        sent.await();
        List<AutoCloseable> closed = new ArrayList<>(List.of(top, middle, lower));
        Collections.shuffle(closed, random);
        closed = closed.subList(0, 2 + random.nextInt(2)); // some together, what is left after them
        List<Thread> closing = closed.stream()
                .map(one -> Thread.ofPlatform().start(() -> close(one)))
                .toList();
        for (Thread thread : closing) {
            thread.join();
        }
        List.<AutoCloseable>of(lower, middle, top).forEach(this::close);
        sends.join();

        int lost = told.stream()
                .flatMap(text -> LOST.matcher(text).results())
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
        assertThat(handled).as(round).isSorted().doesNotHaveDuplicates();
        assertThat(handled.size() + lost).as(round + ": " + told).isEqualTo(accepted.get());
    }

    private static ForwardingDispatcher<Integer> merge(String name, int capacity) {
        return ForwardingDispatcher.builder()
                .name(name)
                .channelCapacity(capacity)
                .open();
    }

    private static void send(Sender<Integer> sender, AtomicInteger accepted, CountDownLatch sent) {
        try {
            while (true) {
                sender.send(accepted.get());
                accepted.incrementAndGet();
                sent.countDown();
            }
        } catch (ClosedException e) {
            // closed from above or from below
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void close(AutoCloseable one) {
        try {
            one.close();
        } catch (DispatchException e) {
            told.add(e.getMessage());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}

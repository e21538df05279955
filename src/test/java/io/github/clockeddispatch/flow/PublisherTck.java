package io.github.clockeddispatch.flow;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterMethod;

/** The rules for publishers, over receivers of a dispatcher. Run by {@link TckTest}. */
public class PublisherTck extends FlowPublisherVerification<Delivery.Message<Long>> {
    private final List<Runnable> toClose = new ArrayList<>();

    public PublisherTck() {
        super(new TestEnvironment(TckTest.TIMEOUT, TckTest.WINDOW));
    }

    @Override
    public Flow.Publisher<Delivery.Message<Long>> createFlowPublisher(long elements) {
        Dispatcher<Long> dispatcher = Dispatcher.open();
        Receiver<Long> receiver = dispatcher.receiver("r");
        Sender<Long> sender = dispatcher.sender("s", receiver);
        Thread sending = Thread.ofVirtual().start(() -> send(sender, elements));
        closeAtEnd(() -> {
            receiver.discard(); // frees the thread that sends
            join(sending);
            dispatcher.close();
        });
        return receiver.publisher();
    }

    private static void send(Sender<Long> sender, long elements) {
        try (sender) {
            for (long i = 0; i < elements; i++) {
                sender.send(i);
            }
        } catch (InterruptedException | io.github.clockeddispatch.ClosedException e) {
            // the test is over
        }
    }

    @Override
    public Flow.Publisher<Delivery.Message<Long>> createFailedFlowPublisher() {
        Dispatcher<Long> dispatcher = Dispatcher.open();
        Receiver<Long> receiver = dispatcher.receiver("r");
        receiver.discard();
        closeAtEnd(dispatcher::close);
        return receiver.publisher();
    }

    final void closeAtEnd(Runnable closing) {
        toClose.add(closing);
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterMethod
    public void close() {
        toClose.forEach(Runnable::run);
        toClose.clear();
    }
}

package io.github.clockeddispatch.flow;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.util.concurrent.Flow;

/** The rules for publishers, over receivers of a merge with two sources. Run by {@link TckTest}. */
public class MergePublisherTck extends PublisherTck {

    @Override
    public Flow.Publisher<Delivery.Message<Long>> createFlowPublisher(long elements) {
        ForwardingDispatcher<Long> merge = ForwardingDispatcher.open();
        Receiver<Long> receiver = merge.receiver("r");
        Forwarder<Long> odd = merge.forwarder("odd", receiver);
        Forwarder<Long> even = merge.forwarder("even", receiver);
        Thread sending = Thread.ofVirtual().start(() -> forward(odd, even, elements));
        closeAtEnd(() -> {
            receiver.discard();
            join(sending);
            merge.close();
        });
        return receiver.publisher();
    }

    private static void forward(Forwarder<Long> odd, Forwarder<Long> even, long elements) {
        try (odd;
                even) {
            for (long i = 1; i <= elements; i++) {
                (i % 2 == 0 ? odd : even).advance(i);
                (i % 2 == 0 ? even : odd).forward(i, i);
            }
        } catch (InterruptedException | ClosedException e) {
            // the test is over
        }
    }

    @Override
    public Flow.Publisher<Delivery.Message<Long>> createFailedFlowPublisher() {
        ForwardingDispatcher<Long> merge = ForwardingDispatcher.open();
        Receiver<Long> receiver = merge.receiver("r");
        receiver.discard();
        closeAtEnd(merge::close);
        return receiver.publisher();
    }
}

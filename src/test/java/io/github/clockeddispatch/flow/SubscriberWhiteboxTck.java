package io.github.clockeddispatch.flow;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.AfterMethod;

/** The rules for subscribers, as seen by one that tells of each signal. Run by {@link TckTest}. */
public class SubscriberWhiteboxTck extends FlowSubscriberWhiteboxVerification<Integer> {
    private final Subscribers subscribers = new Subscribers();

    public SubscriberWhiteboxTck() {
        super(new TestEnvironment(TckTest.TIMEOUT, TckTest.WINDOW));
    }

    @Override
    protected Flow.Subscriber<Integer> createFlowSubscriber(WhiteboxSubscriberProbe<Integer> probe) {
        return new Probed(subscribers.subscriber(), probe);
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    @AfterMethod
    public void close() {
        subscribers.close();
    }

    /** Passes each signal on, then tells of it. */
    private record Probed(Flow.Subscriber<Integer> subscriber, WhiteboxSubscriberProbe<Integer> probe)
            implements Flow.Subscriber<Integer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(subscription);
            probe.registerOnSubscribe(new SubscriberPuppet() {
                @Override
                public void triggerRequest(long elements) {
                    // it demands by itself
                }

                @Override
                public void signalCancel() {
                    subscription.cancel();
                }
            });
        }

        @Override
        public void onNext(Integer element) {
            subscriber.onNext(element);
            probe.registerOnNext(element);
        }

        @Override
        public void onError(Throwable throwable) {
            subscriber.onError(throwable);
            probe.registerOnError(throwable);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
            probe.registerOnComplete();
        }
    }
}

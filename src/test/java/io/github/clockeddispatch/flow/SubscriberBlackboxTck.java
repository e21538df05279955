package io.github.clockeddispatch.flow;

import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterMethod;

/** The rules for subscribers, as seen from outside. Run by {@link TckTest}. */
public class SubscriberBlackboxTck extends FlowSubscriberBlackboxVerification<Integer> {
    private final Subscribers subscribers = new Subscribers();

    public SubscriberBlackboxTck() {
        super(new TestEnvironment(TckTest.TIMEOUT, TckTest.WINDOW));
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
        return subscribers.subscriber();
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    @AfterMethod
    public void close() {
        subscribers.close();
    }
}

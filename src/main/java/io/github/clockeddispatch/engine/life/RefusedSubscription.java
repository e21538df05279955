package io.github.clockeddispatch.engine.life;

import java.util.concurrent.Flow;

/**
 * The subscription of a subscriber that is refused: nothing comes of it.
 *
 * @see "docs/design.md: Subscribers"
 */
final class RefusedSubscription implements Flow.Subscription {

    private RefusedSubscription() {}

    /** Tells a subscriber why it is refused (Reactive Streams 1.9: after it was subscribed). */
    static void tell(Flow.Subscriber<?> subscriber, Throwable why) {
        subscriber.onSubscribe(new RefusedSubscription());
        subscriber.onError(why);
    }

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
}

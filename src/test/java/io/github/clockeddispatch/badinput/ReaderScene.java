package io.github.clockeddispatch.badinput;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A dispatcher of either kind, with receivers in all states. */
interface ReaderScene extends Scene {
    /** Has "first", numbered 2, in its inbox. Nobody reads it. */
    Receiver<String> r();

    /** Was discarded when it had number 1 in its inbox. */
    Receiver<String> gone();

    /** Has nothing to read. */
    Receiver<String> idle();

    /** One more, which has nothing to read any more. */
    Receiver<String> ended();

    /** One of another dispatcher. */
    Receiver<String> foreign();

    /** Keeps what it is given. */
    MessageHandler<String> handler();

    /** What a call has taken from the inbox. */
    @SuppressWarnings("unchecked") // there are no others here
    static List<Delivery.Message<String>> taken(@Nullable Object returned) {
        Object delivery = returned instanceof Optional<?> optional ? optional.orElse(null) : returned;
        return delivery instanceof Delivery.Message<?> message
                ? List.of((Delivery.Message<String>) message)
                : List.of();
    }
}

package io.github.clockeddispatch.engine.receiving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import org.junit.jupiter.api.Test;

/** The states of the watermark, and where its time stands in each. */
class WatermarkTest {

    private final Frontier frontier = new Frontier(3);
    private final SequencedRing<String> ring = new SequencedRing<>(8);
    private final Watermark watermark = new Watermark(frontier, ring);

    private void number(long number) {
        append(number);
        frontier.publish(number);
        ring.publish();
    }

    private void append(long number) {
        ring.reserve(1);
        ring.append(number, 1, index -> "m");
    }

    private void take(long inHand) {
        assertTrue(ring.hasNext());
        long next = ring.nextSequence();
        assertTrue(watermark.move(inHand, next));
        ring.take();
    }

    @Test
    void nothingUnfinishedStandsAtTheFrontier() {
        assertEquals(3, watermark.time());
        frontier.publish(9);
        assertEquals(9, watermark.time());
        assertEquals(0, watermark.firstUnfinished());
    }

    @Test
    void whatIsInTheRingOrInHandHoldsItBack() {
        number(4);
        assertEquals(3, watermark.time());
        number(6);
        frontier.publish(9);
        assertEquals(3, watermark.time());
        assertEquals(4, watermark.firstUnfinished());
        take(0);
        assertEquals(3, watermark.time());
        assertTrue(watermark.move(4, 0));
        assertEquals(5, watermark.time(), "the next is in the ring");
        take(0);
        assertEquals(5, watermark.time());
        assertTrue(watermark.move(6, 0));
        assertEquals(9, watermark.time());
    }

    @Test
    void aNumberAboveTheFrontierDoesNotRaiseIt() {
        append(8);
        assertEquals(3, watermark.time());
    }

    @Test
    void stoppedItStaysBelowWhatIsInHand() {
        number(4);
        take(0);
        frontier.publish(9);
        assertEquals(4, watermark.stop());
        assertEquals(3, watermark.time());
        assertFalse(watermark.move(4, 0), "finished after the stop");
        number(13);
        assertEquals(3, watermark.time());
        assertEquals(0, watermark.firstUnfinished());
        assertFalse(watermark.hasInHand());
    }

    @Test
    void stoppedItStaysBelowWhatIsInTheRing() {
        frontier.publish(6);
        number(7);
        assertEquals(7, watermark.stop());
        assertEquals(6, watermark.time());
        assertFalse(watermark.move(0, 7), "taken after the stop");
        ring.take();
        assertEquals(6, watermark.time());
    }

    @Test
    void stoppedWithNothingUnfinishedItStaysWhereItIs() {
        assertEquals(3, watermark.stop());
        frontier.publish(9);
        assertEquals(3, watermark.time());
    }

    @Test
    void stoppedAtTheStartItStaysThere() {
        var first = new Watermark(new Frontier(0), ring);
        assertEquals(0, first.stop());
        assertEquals(0, first.time());
    }

    @Test
    void stoppedOnceMoreItStaysThere() {
        number(4);
        take(0);
        watermark.stop();
        watermark.stop();
        assertEquals(3, watermark.time());
    }
}

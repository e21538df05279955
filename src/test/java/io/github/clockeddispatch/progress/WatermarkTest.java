package io.github.clockeddispatch.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The states of the watermark, and where its time stands in each. */
class WatermarkTest {

    private final Frontier frontier = new Frontier(3);
    private final Watermark watermark = new Watermark(frontier);

    @Test
    void nothingUnfinishedStandsAtTheFrontier() {
        assertEquals(3, watermark.time());
        frontier.publish(9);
        assertEquals(9, watermark.time());
        assertEquals(0, watermark.firstUnfinished());
    }

    @Test
    void anUnfinishedNumberHoldsItBack() {
        watermark.begin(4);
        assertEquals(3, watermark.time());
        frontier.publish(9);
        assertEquals(3, watermark.time());
        watermark.begin(6);
        assertEquals(4, watermark.firstUnfinished());
        assertTrue(watermark.finish(4, 6));
        assertEquals(5, watermark.time());
        assertTrue(watermark.finish(6, 0));
        assertEquals(9, watermark.time());
    }

    @Test
    void aNumberAboveTheFrontierDoesNotRaiseIt() {
        watermark.begin(8);
        assertEquals(3, watermark.time());
    }

    @Test
    void stoppedItStaysBelowWhatIsUnfinished() {
        watermark.begin(4);
        frontier.publish(9);
        assertEquals(4, watermark.stop());
        assertEquals(3, watermark.time());
        assertFalse(watermark.finish(4, 0), "finished after the stop");
        frontier.publish(12);
        watermark.begin(13);
        assertEquals(3, watermark.time());
        assertEquals(0, watermark.firstUnfinished());
    }

    @Test
    void stoppedWithNothingUnfinishedItStaysWhereItIs() {
        assertEquals(3, watermark.stop());
        frontier.publish(9);
        assertEquals(3, watermark.time());
        assertTrue(new Watermark(new Frontier(0)).stop() == 0);
    }
}

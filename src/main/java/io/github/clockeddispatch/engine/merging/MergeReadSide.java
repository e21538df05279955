package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.ReadSide;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of a {@link MergeGate}: it merges, taking straight from the lanes.
 *
 * @see "docs/design.md: The merge"
 */
final class MergeReadSide<T> extends ReadSide<T> {

    private final MergeGate<T> gate;
    private final Intake<T> intake;

    MergeReadSide(MergeGate<T> gate) {
        super(gate);
        this.gate = gate;
        this.intake = gate.intake;
    }

    @Override
    protected void entered() {
        gate.held.prepare();
        if (!intake.isCurrent()) {
            gate.adoptLanes();
        }
    }

    @Override
    protected long inHand() {
        return intake.inHand();
    }

    @Override
    public boolean hasNext() {
        return intake.hasNext();
    }

    @Override
    public long nextSequence() {
        return intake.nextSequence();
    }

    @Override
    @Nullable
    protected T takeNext() {
        return intake.take();
    }

    @Override
    protected <M> void takeBatch(int max, List<M> batch, Maker<T, M> maker) {
        while (batch.size() < max && intake.hasNext()) {
            long sequence = intake.nextSequence();
            T payload = batch.isEmpty() ? intake.take() : intake.takeMore();
            if (payload == null) {
                return;
            }
            batch.add(maker.message(sequence, payload));
            told = sequence;
        }
    }

    @Override
    public void finish() {
        if (intake.inHand() != 0) {
            intake.finish();
        }
    }

    @Override
    protected void drop() {
        // what is in hand stays unfinished: the clock stops below it
    }

    @Override
    protected void wakes() {
        gate.held.wakes();
    }

    @Override
    protected boolean hasNextAtLast() {
        gate.adopt();
        return intake.hasNext();
    }

    @Override
    protected boolean isToGoOn() {
        return false; // who begins to wait looks, and is woken
    }
}

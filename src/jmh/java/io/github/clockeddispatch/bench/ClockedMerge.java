package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.util.ArrayList;
import java.util.List;

/** This library, as a program would use it. */
final class ClockedMerge implements Merging {
    @Override
    public Funnel open(int sources, int capacity) {
        ForwardingDispatcher<Object> merge =
                ForwardingDispatcher.builder().channelCapacity(capacity).open();
        Receiver<Object> all = merge.receiver("all");
        List<Forwarder<Object>> forwarders = new ArrayList<>();
        for (int i = 0; i < sources; i++) {
            forwarders.add(merge.forwarder("source-" + i, all));
        }
        return new Funnel() {
            @Override
            public void forward(int source, long number, Object payload) throws InterruptedException {
                forwarders.get(source).forward(number, payload);
            }

            @Override
            public void advance(int source, long number) {
                forwarders.get(source).advance(number);
            }

            @Override
            public void end(int source) {
                forwarders.get(source).close();
            }

            @Override
            public void read(Contestant.Handler handler) throws InterruptedException {
                all.forEachMessage(handler::handle);
            }

            @Override
            public long time() {
                return all.clock().time();
            }

            @Override
            public void close() {
                merge.close();
            }
        };
    }
}

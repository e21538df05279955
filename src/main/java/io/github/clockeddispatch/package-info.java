/**
 * Keeps several in-memory views of one stream of events, each on its own thread, with clocks that tell when a view may be read.
 *
 * <h2>The way of a message</h2>
 *
 * A program {@linkplain io.github.clockeddispatch.Sender sends} a message into its sender's own bounded channel. The
 * sender's pump, a thread, waits until there is room in the recipient's inbox; then, in one step, it gives the message the
 * next number of the {@linkplain io.github.clockeddispatch.Dispatcher dispatcher}'s one counter and puts it into the
 * inbox. The {@linkplain io.github.clockeddispatch.Receiver receiver}'s reader takes it from there, in the order of the
 * numbers.
 *
 * <p>Nothing waits between the taking of a number and the putting in. So a receiver that stops reading holds up the senders
 * that address it, first their pumps, then, when their channels are full, the threads that send; and nothing else.
 *
 * <h2>Clocks</h2>
 *
 * A message is <i>given</i> to the reader, and <i>finished</i> when the reader asks for the next one, acknowledges it, or
 * its handler returns. A receiver's {@linkplain io.github.clockeddispatch.LogicalClock clock} is the greatest number, up to
 * that of the counter, such that everything for this receiver up to there is finished. A receiver that has nothing
 * unfinished stands where the counter stands, without having been told. So one call answers both <i>when may I read my own
 * write from that view?</i> and <i>has that view seen all that came before this number?</i>
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="read-your-write"}
 *
 * <p>A wait makes visible what the reader has done; it does not stop the reader, which goes on with the next message while others
 * read. So what a view keeps must be safe for one thread that writes and many that read: a concurrent collection, an immutable
 * snapshot in a volatile field, or a lock of one's own.
 *
 * <h2>Threads</h2>
 *
 * Senders, clocks and dispatchers may be used by any number of threads at once: one {@code Sender} can serve all requests of a
 * service. A receiver's reading methods are for one thread at a time.
 *
 * <p>All threads that a dispatcher starts are virtual, and so daemons, and bear its name: {@code shop/pump-desk}, {@code
 * shop/reader-stock}. (Pumps run elsewhere if the dispatcher is given a {@code pumpExecutor}.) Daemons keep no program alive, so a
 * {@code main} that returns without closing its dispatcher may end before what it sent has been delivered.
 *
 * <h2>Waiting for clocks</h2>
 *
 * If a message was not for a receiver, the receiver's clock does not wait for it: nothing is missing there. To wait for all that a
 * message was for, wait for {@linkplain io.github.clockeddispatch.Sender#clock() its sender's clock}; for some receivers, for
 * {@linkplain io.github.clockeddispatch.LogicalClock#allOf all of their clocks}. {@link io.github.clockeddispatch.LogicalClock#explain
 * explain} tells why a clock has not reached a number.
 *
 * <p>Two readers may wait for each other's clocks: in the handler of number n, each waits for the other's n &minus; 1. That never
 * hangs. If each waits for n itself, that is a deadlock.
 *
 * <h2>Composition</h2>
 *
 * A {@linkplain io.github.clockeddispatch.ForwardingDispatcher merge} takes messages that have numbers, from several {@linkplain
 * io.github.clockeddispatch.Forwarder sources}, and gives each of its receivers what is for it in the order of these numbers. Each source
 * promises up to which number nothing more will come from it; a receiver is given a message when all sources that can reach it have
 * promised its number. {@linkplain io.github.clockeddispatch.Link Links} run receivers of one dispatcher into the next, with a {@linkplain
 * io.github.clockeddispatch.Stage function} in between or without: their clocks are the promises, so a receiver that got nothing holds up
 * nobody. All clocks below speak the numbers of the top:
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="merge"}
 *
 * <p>A forwarder that has nothing to forward must {@linkplain io.github.clockeddispatch.Forwarder#advance
 * advance}, since there are no timers; a link does so by itself. The lowest dispatcher is closed first, as a try block does.
 *
 * <h2>Blocking calls</h2>
 *
 * Every call that waits, except {@code close}, can be interrupted, and ends with {@link io.github.clockeddispatch.ClosedException} or
 * {@link io.github.clockeddispatch.FailedException} when what it waits for can no longer come. Timed forms take a {@code Duration}: zero
 * or less means not to wait, and a time too long to represent means for ever. An interrupted thread gets an {@code InterruptedException}
 * from such a call even where it need not wait, as in {@code java.util.concurrent}; nothing was sent, and nothing is lost. {@code try…}
 * forms and {@code drain} do not look at the interrupt.
 *
 * <p>Deadlocks of untimed waits are found. A reader that waits for its own clock at or above the message in its hand gets an
 * {@code IllegalStateException} at once. In a cycle of handlers, stages and links that wait for each other, through clocks, full
 * inboxes and channels, pumps and promises, one thread gets an {@code IllegalStateException} that names the whole cycle, after
 * one to two seconds. Such a cycle is, for example, two handlers of which each waits for the other's clock at the number that the other has
 * in hand; or a handler that sends into its own full inbox. A receiver that is read by hand, with {@code receive} or {@code drain}, is no
 * part of a cycle, since any thread may be the next to read; so a thread that leaves finishing to another one should wait with a time-out.
 * Nor is a wait for a future, or one after the dispatcher has been closed. A
 * {@linkplain io.github.clockeddispatch.Dispatcher#snapshot() snapshot} shows which thread waits for what.
 *
 * <h2>Ends</h2>
 *
 * A receiver ends when the last open sender that can reach it has been closed, or with its dispatcher: its reader is given
 * what was accepted, then {@link io.github.clockeddispatch.Delivery.End}. A receiver that is not needed any more can be
 * {@linkplain io.github.clockeddispatch.Receiver#discard() discarded}, with all that it has not been given. A handler that
 * throws stops its receiver at that message: the clock does not pass it, waits for more end at once with an exception, and the
 * {@linkplain io.github.clockeddispatch.FailureListener listener} is told, or the log. A
 * {@linkplain io.github.clockeddispatch.FailurePolicy policy} may have the message handled again, or skipped, and the receiver goes on.
 *
 * <h2>Flight recorder</h2>
 *
 * The JDK's flight recorder is told, in events called {@code io.github.clockeddispatch.…}: once a second how each receiver, sender and
 * dispatcher stands, and each thread that has waited for a second ({@code ReceiverState}, {@code SenderState}, {@code DispatcherState},
 * {@code WaitState}); what took 20 ms or longer: a send that waited, a pump that waited for room, a wait for a clock, a message in a
 * handler, messages that a merge held back ({@code SendWait}, {@code PumpWait}, {@code ClockWait}, {@code Handling}, {@code HeldBack}); what
 * joined and left; failures, skipped messages, deadlocks, and losses of {@code close} ({@code Joined}, {@code Left}, {@code Failed},
 * {@code Skipped}, {@code Deadlock}, {@code ClosedWithLosses}). Each of them is on in the JDK's default settings. Nothing is to be prepared
 * for it in a program: a process that runs is asked by
 *
 * <pre>{@code
 * jcmd PID JFR.start
 * jcmd PID JFR.dump filename=shop.jfr
 * }</pre>
 *
 * and {@code jfr view --width 240 io.github.clockeddispatch.ReceiverState shop.jfr} shows who is behind, and why. Until
 * somebody records, it costs each message one look at a field.
 *
 * <h2>Memory consistency properties</h2>
 *
 * <ul>
 *   <li>What a thread does before it sends a message <i>happens before</i> the reader is given it.
 *   <li>What a receiver's reader does up to finishing every message numbered up to {@code s} <i>happens before</i> the
 *       return of {@code receiver.clock().waitUntil(s)} in any thread, and of any call that reports that clock at {@code s}
 *       or more: {@code time()}, {@code hasReached(s)}, the completion of {@code whenReached(s)}.
 *   <li>What a handler does for one message <i>happens before</i> it is called for the next, on any threads, if
 *       the receiver is handed from one thread to the other by a happens-before edge.
 *   <li>What own readers and handlers do <i>happens before</i> the return of
 *       {@link io.github.clockeddispatch.Dispatcher#close()}, unless that throws an exception that says that they were cut off.
 * </ul>
 *
 * <h2>Nulls</h2>
 *
 * No argument or result is null. A null argument gets a {@code NullPointerException}.
 */
@NullMarked
package io.github.clockeddispatch;

import org.jspecify.annotations.NullMarked;

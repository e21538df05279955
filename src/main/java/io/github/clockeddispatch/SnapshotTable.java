package io.github.clockeddispatch;

import io.github.clockeddispatch.Snapshot.HeldBack;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import io.github.clockeddispatch.Snapshot.Wait;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A snapshot as a table for people: a row for each receiver, each sender that is not idle, and each thread that waits. Where there are
 * very many, it tells how many more there are.
 */
final class SnapshotTable {

    /** How many rows there are of one sort, at most. */
    private static final int ROWS = 100;

    /** How many rows tell of waits for the same, at most. */
    private static final int WAITS = 8;

    /** How many names follow each other, at most. */
    private static final int NAMES = 3;

    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_TEXT = 200;

    private final Snapshot snapshot;
    private final Map<String, SenderState> senders = new HashMap<>();

    /** The rows, each of a name and what follows it in columns; a row of one cell stands outside of the columns. */
    private final List<List<String>> rows = new ArrayList<>();

    private SnapshotTable(Snapshot snapshot) {
        this.snapshot = snapshot;
        snapshot.senders().forEach(sender -> senders.putIfAbsent(sender.name(), sender));
        addReceivers();
        addSenders();
        addWaits();
    }

    /** Returns the table, without a line break at its end. Asks for the texts of causes, which are foreign code. */
    static String of(Snapshot snapshot) {
        return new SnapshotTable(snapshot).text();
    }

    // ---- receivers

    private void addReceivers() {
        List<ReceiverState> all = snapshot.receivers();
        Predicate<ReceiverState> isShown = all.size() <= ROWS ? one -> true : SnapshotTable::matters;
        List<ReceiverState> shown = all.stream().filter(isShown).limit(ROWS).toList();
        shown.forEach(one -> rows.add(row(one)));
        addMore(all.size() - shown.size(), "more receivers");
    }

    private static boolean matters(ReceiverState one) {
        return one.failure().isPresent()
                || one.state() == ReceiverState.State.CLOSED
                || one.lag() > 0
                || one.firstUnfinished() > 0
                || one.waits() > 0
                || one.heldBack().messages() > 0;
    }

    private List<String> row(ReceiverState one) {
        String name = name(one.name());
        String discarded = count(one.discarded(), "discarded");
        if (one.failure().isPresent()) {
            FailedException failure = one.failure().get();
            String why = ": " + clean(FailedException.text(failure.getCause()), LONGEST_TEXT);
            return List.of(name, "failed at " + failure.sequence() + discarded + why);
        }
        if (one.state() == ReceiverState.State.CLOSED) {
            return List.of(name, "closed at " + one.time() + discarded);
        }
        String storage = !snapshot.merge()
                ? "inbox " + one.pending() + "/" + one.capacity()
                : one.pending() == 0 ? "" : one.pending() + " due";
        String rest = reader(one)
                + heldBack(one)
                + count(one.skipped(), "skipped")
                + discarded
                + count(one.waits(), one.waits() == 1 ? "waits for its clock" : "wait for its clock");
        return List.of(name, position(one), storage, rest.startsWith(", ") ? rest.substring(2) : rest);
    }

    private String position(ReceiverState one) {
        String state = one.state() == ReceiverState.State.OPEN
                ? ""
                : ", " + one.state().name().toLowerCase(Locale.ROOT);
        if (one.lag() > 0) {
            return "at " + one.time() + ", " + one.lag() + " behind" + state;
        }
        return "up to date" + (one.time() == snapshot.sequence() ? "" : " at " + one.time()) + state;
    }

    /** Says what its reader does; empty where that has ended as there is nothing more to read. */
    private String reader(ReceiverState one) {
        String reader = one.reader().isEmpty() ? "its reader" : thread(one.reader());
        String sequence = String.valueOf(one.firstUnfinished());
        String failed = one.attempt() == 0
                ? ""
                : ", which has failed " + (one.attempt() == 1 ? "once" : one.attempt() + " times");
        String in = " in " + sequence + failed + (failed.isEmpty() ? "" : ",") + age(" for ", one.unfinishedFor());
        String at = one.at().isEmpty() ? "" : " at " + clean(one.at(), LONGEST_TEXT);
        String unread =
                one.firstUnfinished() == 0 ? "" : ", first unfinished " + sequence + age(" for ", one.unfinishedFor());
        return switch (one.activity()) {
            case HANDLING -> reader + in + at;
            case WAITING -> reader + " waits" + in + at;
            case RETRYING ->
                reader + " is to handle " + sequence + " again" + failed + age(", for ", one.retryingSince());
            case GONE -> reader + " has ended with " + sequence + " in hand";
            case IDLE -> reader + " idle";
            case NO_DEMAND -> "its subscriber demands nothing" + unread;
            case NOT_READ -> one.state() == ReceiverState.State.ENDED && unread.isEmpty() ? "" : "no reader" + unread;
        };
    }

    /** Says what holds it back: some of its messages, or the clock for which somebody waits. */
    private static String heldBack(ReceiverState one) {
        HeldBack held = one.heldBack();
        if (held.messages() == 0 && (held.source().isEmpty() || one.firstUnfinished() > 0)) {
            return "";
        }
        return (held.messages() == 0 ? ", held back" : count(held.messages(), "held back"))
                + (held.source().isEmpty() ? "" : " by " + name(held.source()) + " at " + held.promise())
                + age(" for ", held.since());
    }

    // ---- senders

    private void addSenders() {
        List<SenderState> busy =
                snapshot.senders().stream().filter(one -> !isIdle(one)).toList();
        busy.stream().limit(ROWS).forEach(one -> rows.add(List.of(name(one.name()), describe(one))));
        addMore(busy.size() - ROWS, "more senders");
        int idle = snapshot.senders().size() - busy.size();
        if (idle > 0) {
            rows.add(List.of(idle == 1 ? "1 sender idle" : Texts.number(idle) + " senders idle"));
        }
    }

    private static boolean isIdle(SenderState one) {
        return one.kind() == SenderState.Kind.SENDER
                && one.state() == SenderState.State.OPEN
                && one.queued() == 0
                && one.blocked() == 0;
    }

    private static String describe(SenderState one) {
        boolean isSender = one.kind() == SenderState.Kind.SENDER;
        String taken = one.queued() + "/" + one.capacity();
        String what = isSender
                ? "channel " + taken
                : (one.kind() == SenderState.Kind.LINK ? "link, " : "") + "promised " + one.promise()
                        + (one.queued() == 0 ? "" : ", buffer " + taken);
        String state = one.state() == SenderState.State.OPEN
                ? ""
                : ", " + one.state().name().toLowerCase(Locale.ROOT);
        boolean waits = !one.waitsFor().isEmpty() && (isSender || one.blocked() > 0);
        String room = waits ? ", waits for room at " + some(one.waitsFor()) + age(" for ", one.waitingFor()) : "";
        return what + state + (one.blocked() > 1 ? count(one.blocked(), "blocked") : "") + room;
    }

    // ---- waits

    private void addWaits() {
        Map<String, Integer> alike = new HashMap<>();
        int shown = 0;
        for (Wait wait : snapshot.waits()) {
            if (shown < ROWS && alike.merge(wait.kind() + wait.name(), 1, Integer::sum) <= WAITS) {
                rows.add(List.of(thread(wait.thread()), describe(wait)));
                shown++;
            }
        }
        int more = snapshot.waits().size() - shown;
        addMore(more, more == 1 ? "more waits" : "more wait");
    }

    private String describe(Wait wait) {
        SenderState sender = wait.kind() == Wait.Kind.CLOCK ? null : senders.get(wait.name());
        boolean isShort = sender != null && sender.kind() == SenderState.Kind.SENDER && wait.kind() == Wait.Kind.ROOM;
        String what = isShort ? "room in " + name(wait.name()) : clean(wait.waitsFor(), LONGEST_TEXT);
        String at = sender == null || sender.waitsFor().isEmpty() ? "" : " -> " + some(sender.waitsFor());
        String on = wait.on().isEmpty()
                ? ""
                : " -> " + some(wait.on().stream().map(this::thread).toList());
        return "waits" + age(" ", wait.since()) + " for " + what + at + on;
    }

    // ---- words

    private void addMore(int more, String what) {
        if (more > 0) {
            rows.add(List.of("and " + Texts.number(more) + " " + what));
        }
    }

    private static String count(long count, String what) {
        return count == 0 ? "" : ", " + Texts.number(count) + " " + what;
    }

    /** Returns for how long, after these words; empty where it is too short to be told. */
    private static String age(String words, Duration age) {
        long nanos = Causes.known(age.toNanos());
        return nanos == 0 ? "" : words + Texts.duration(nanos);
    }

    private static String some(List<String> names) {
        return Texts.some(names, NAMES, SnapshotTable::name);
    }

    /** Returns the name of a thread without quotes, and without that of its dispatcher where it is one of this dispatcher's. */
    private String thread(String quoted) {
        int begin = quoted.indexOf('"');
        int end = quoted.lastIndexOf('"');
        String name = begin < end ? quoted.substring(begin + 1, end) : quoted;
        String own = snapshot.name() + "/";
        return name(name.startsWith(own) ? name.substring(own.length()) : name);
    }

    private static String name(String name) {
        return clean(name, LONGEST_NAME);
    }

    /** Returns a text in one line that is not too long, and runs in no other direction than the rest. */
    private static String clean(String text, int longest) {
        boolean isLong = text.length() > longest;
        int end = isLong ? longest - 1 : text.length();
        if (isLong && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        var line = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            line.append(isOfLayout(c) ? ' ' : c);
        }
        return (isLong ? line.append('…') : line).toString();
    }

    /** Returns whether a character breaks a line, moves a cursor, or has what follows it written from right to left. */
    private static boolean isOfLayout(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT -> c != '\u200c' && c != '\u200d'; // within a word, or an emoji
            default -> false;
        };
    }

    // ---- columns

    private String text() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            // what comes last in its row may be as wide as it likes
            for (int i = 0; i < row.size() - 1; i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else if (widths.get(i) < width) {
                    widths.set(i, width);
                }
            }
        }
        var text = new StringBuilder(snapshot.merge() ? "merge " : "");
        text.append(name(snapshot.name())).append(" at ").append(snapshot.sequence());
        for (List<String> row : rows) {
            text.append("\n ");
            for (int i = 0; i < row.size(); i++) {
                text.append(row.get(i));
                if (i < row.size() - 1 && widths.get(i) > 0) {
                    text.append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
                }
            }
            while (text.charAt(text.length() - 1) == ' ') {
                text.setLength(text.length() - 1);
            }
        }
        return text.toString();
    }
}

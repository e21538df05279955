package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.badinput.Row.Action;
import io.github.clockeddispatch.badinput.Row.Call;
import io.github.clockeddispatch.badinput.Row.Flag;
import io.github.clockeddispatch.badinput.Row.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Rows, written down method by method. */
final class Table<S extends Scene> {
    private final String where;
    private final Supplier<S> opening;
    private final List<Row<S>> rows = new ArrayList<>();

    /** The method that the next rows are of. */
    private String method = "";

    Table(String where, Supplier<S> opening) {
        this.where = where;
        this.opening = opening;
    }

    /** The method that the next rows are of. */
    Table<S> of(String next) {
        method = next;
        return this;
    }

    /** It ends with an exception of exactly this type, whose text contains all this. */
    Table<S> fails(String input, Action<S> call, Class<? extends Throwable> type, String... says) {
        return row(input, call, Flag.NONE, (returned, thrown) -> {
            assertThat(thrown).isExactlyInstanceOf(type);
            assertThat(thrown.getMessage()).contains(says);
        });
    }

    /** It is documented to be a normal call, which returns this. */
    Table<S> gives(String input, Object result, Call<S> call) {
        return add(input, call, Flag.NONE, (returned, thrown) -> {
            assertThat(thrown).isNull();
            assertThat(returned).isEqualTo(result);
        });
    }

    /** It is documented to be a normal call. */
    Table<S> works(String input, Action<S> call) {
        return row(
                input, call, Flag.NONE, (returned, thrown) -> assertThat(thrown).isNull());
    }

    /** An interrupt from before ends it, and is cleared. */
    Table<S> isInterrupted(Action<S> call) {
        return row(
                "interrupted",
                call,
                Flag.CLEARED,
                (returned, thrown) -> assertThat(thrown).isExactlyInstanceOf(InterruptedException.class));
    }

    /** It does not wait, and leaves an interrupt from before alone. */
    Table<S> leavesInterrupt(Call<S> call) {
        return add(
                "interrupted",
                call,
                Flag.KEPT,
                (returned, thrown) -> assertThat(thrown).isNull());
    }

    List<Row<S>> rows() {
        return rows;
    }

    private Table<S> row(String input, Action<S> call, Flag flag, Outcome outcome) {
        Call<S> returning = scene -> {
            call.in(scene);
            return null;
        };
        return add(input, returning, flag, outcome);
    }

    private Table<S> add(String input, Call<S> call, Flag flag, Outcome outcome) {
        rows.add(new Row<>(where, method, input, opening, call, flag, outcome));
        return this;
    }
}

package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input gets a clear error that names the value, and loses nothing: whatever a public method is given, and from whatever
 * thread it is called, it ends as documented, and the same dispatcher can be used as before.
 */
@DisplayName("G17, G14 bad input")
class BadInputTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void badInputEndsAsDocumentedAndLosesNothing(Row<?> row) throws Exception {
        row.run();
    }

    @Test
    @DisplayName("every public method has a row for each bad input that it could be given")
    void everyPublicMethodHasItsRows() throws Exception {
        assertThat(rows().map(Row::toString)).doesNotHaveDuplicates();
        assertThat(RequiredRows.all()).isSubsetOf(rows().map(Row::name).toList());
    }

    static Stream<Row<?>> rows() {
        return Stream.of(DispatcherRows.rows(), MergeRows.rows(), ValueRows.rows())
                .flatMap(List::stream);
    }
}

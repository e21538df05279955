package io.github.clockeddispatch.micrometer;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.clockeddispatch.Dispatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Grafana dashboard asks for what is scraped, for all of it, and for nothing else. */
class DashboardTest {
    private static final Pattern METRIC = Pattern.compile("\\bclocked_dispatch_\\w+");

    private final JsonNode dashboard = new ObjectMapper()
            .readTree(Path.of("grafana", "clocked-dispatch.json").toFile());

    DashboardTest() throws IOException {}

    @Test
    void eachMeterIsOnItAndNoOther() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (String query : queries()) {
            asked.addAll(metrics(query));
        }
        assertThat(asked).isEqualTo(scraped());
    }

    @Test
    void itCanBeNarrowedToADispatcher() throws Exception {
        JsonNode variable = variable("dispatcher");
        assertThat(variable.at("/query/query").asText())
                .isEqualTo(variable.at("/definition").asText());
        assertThat(metrics(variable.at("/definition").asText())).isSubsetOf(scraped());
        assertThat(variable.at("/definition").asText()).endsWith(", dispatcher)");

        assertThat(queries())
                .isNotEmpty()
                .allSatisfy(query -> assertThat(query).matches(".*" + METRIC + "\\{dispatcher=~\"\\$dispatcher\"}.*"));
    }

    @Test
    void itsRowsFollowTheMeters() {
        assertThat(dashboard.at("/panels").findParents("collapsed"))
                .extracting(row -> row.at("/title").asText())
                .containsExactly("Lag", "Age", "Pending", "Queued", "Blocked", "Failures");
    }

    @Test
    void panelsAreWholeAndHaveAPlaceOfTheirOwn() {
        Set<Integer> ids = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (JsonNode panel : dashboard.at("/panels")) {
            assertThat(ids.add(panel.at("/id").asInt()))
                    .as("%s", panel.at("/id"))
                    .isTrue();
            JsonNode place = panel.at("/gridPos");
            for (int x = 0; x < place.at("/w").asInt(); x++) {
                for (int y = 0; y < place.at("/h").asInt(); y++) {
                    int column = place.at("/x").asInt() + x;
                    assertThat(column).isLessThan(24);
                    assertThat(places.add(column + " " + (place.at("/y").asInt() + y)))
                            .as("%s lies on another", panel.at("/title"))
                            .isTrue();
                }
            }
            if (!panel.at("/type").asText().equals("row")) {
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.at("/description").asText()).isNotEmpty();
                assertThat(panel.at("/targets")).isNotEmpty();
            }
        }
        assertThat(variable("datasource").at("/query").asText()).isEqualTo("prometheus");
    }

    private JsonNode variable(String name) {
        for (JsonNode variable : dashboard.at("/templating/list")) {
            if (variable.at("/name").asText().equals(name)) {
                return variable;
            }
        }
        throw new AssertionError(name);
    }

    private List<String> queries() {
        List<String> queries = new ArrayList<>();
        dashboard.at("/panels").findValues("expr").forEach(query -> queries.add(query.asText()));
        return queries;
    }

    private static Set<String> metrics(String query) {
        return METRIC.matcher(query).results().map(MatchResult::group).collect(toCollection(TreeSet::new));
    }

    private static Set<String> scraped() throws IOException, InterruptedException {
        try (Scraped scraped = new Scraped();
                Dispatcher<String> shop = Dispatcher.open()) {
            shop.sender("desk", shop.receiver("stock"));
            new DispatcherMetrics(shop).bindTo(scraped.meters);
            return scraped.names();
        }
    }
}

package io.github.clockeddispatch.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README of this artifact says, its programs included. */
class ReadmeTest {
    private static final Path SOURCE = Path.of("src/test/java/io/github/clockeddispatch/micrometer/ReadmeTest.java");
    private static final Pattern METER =
            Pattern.compile("^\\| `([a-z.]+)` \\| (\\w+) \\| (\\w*) ?\\| (\\w*) ?\\|", Pattern.MULTILINE);
    private static final Pattern METRIC = Pattern.compile("\\bclocked_dispatch_\\w+");

    private final String readme = Files.readString(Path.of("README.md"));

    ReadmeTest() throws IOException {}

    /** Stands for Spring's. */
    private @interface Bean {}

    @Bean
    MeterBinder shopMetrics(Dispatcher<String> shop) {
        return new DispatcherMetrics(shop);
    }

    @Test
    void theProgramsAreThoseOfThisSource() throws IOException {
        String source = squeezed(Files.readString(SOURCE));
        assertThat(blocks("java"))
                .hasSize(2)
                .allSatisfy(block -> assertThat(source).contains(squeezed(block)));
    }

    @Test
    void theScrapeHasWhatItSays() throws InterruptedException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        String scraped;
        // @start region="bind"
        try (Dispatcher<String> shop = Dispatcher.builder().name("shop").open()) {
            Receiver<String> stock = shop.receiver("stock");
            shop.sender("desk", stock).dispatch("bolt"); // and nobody reads it
            new DispatcherMetrics(shop).bindTo(registry);
            scraped = registry.scrape();
        }
        // @end
        assertThat(scraped.lines().toList())
                .containsAll(blocks("text").getFirst().lines().toList());
    }

    @Test
    void aBeanIsAMeterBinder() {
        Registry registry = new Registry();
        try (Dispatcher<String> shop = Dispatcher.builder().name("shop").open()) {
            shopMetrics(shop).bindTo(registry.meters);
        }
        assertThat(registry.names()).containsExactly("sequence shop");
    }

    @Test
    void theMetersAreThoseOfTheTable() {
        Registry registry = new Registry();
        try (Dispatcher<String> shop = Dispatcher.open()) {
            shop.sender("desk", shop.receiver("stock"));
            new DispatcherMetrics(shop).bindTo(registry.meters);
        }
        Set<String> meters = new TreeSet<>();
        registry.meters.getMeters().forEach(meter -> {
            String unit = meter.getId().getBaseUnit();
            String tags = meter.getId().getTags().stream()
                    .map(Tag::getKey)
                    .filter(key -> !key.equals("dispatcher"))
                    .collect(Collectors.joining());
            meters.add(String.join(
                    "|",
                    meter.getId().getName(),
                    meter.getId().getType().name().toLowerCase(Locale.ROOT),
                    unit == null ? "" : unit,
                    tags));
            assertThat(meter.getId().getTag("dispatcher")).isNotNull();
            assertThat(meter.getId().getDescription()).isNotEmpty();
        });

        assertThat(METER.matcher(readme)
                        .results()
                        .map(row -> String.join("|", row.group(1), row.group(2), row.group(3), row.group(4))))
                .containsExactlyInAnyOrderElementsOf(meters);
    }

    @Test
    void alertsAskForWhatIsScraped() throws Exception {
        try (Scraped scraped = new Scraped();
                Dispatcher<String> shop = Dispatcher.open()) {
            shop.sender("desk", shop.receiver("stock"));
            new DispatcherMetrics(shop).bindTo(scraped.meters);
            assertThat(METRIC.matcher(readme).results().map(metric -> metric.group()))
                    .hasSizeGreaterThan(8)
                    .isSubsetOf(scraped.names());
        }
    }

    private List<String> blocks(String language) {
        return Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(readme)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}

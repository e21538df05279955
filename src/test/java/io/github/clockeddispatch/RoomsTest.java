package io.github.clockeddispatch;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of rooms in {@code docs/design.md} is true: the byte code of each room knows those alone that its row names. */
class RoomsTest {
    private static final Path CLASSES = Path.of("target", "classes");
    private static final String API = "io.github.clockeddispatch";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]+)` \\|.*\\| ([^|]*) \\|$");

    /** A line of {@code jdeps -verbose:package} that leads from one of our packages to another. */
    private static final Pattern EDGE =
            Pattern.compile("(?m)^\\s+(%1$s\\S*)\\s+->\\s+(%1$s\\S*)".formatted(Pattern.quote(API)));

    /** A room, and those that it may know, as the table says. */
    private static Map<String, Set<String>> table() throws IOException {
        String page = Files.readString(Path.of("docs", "design.md"));
        String rooms = page.substring(page.indexOf("## Rooms"));
        rooms = rooms.substring(0, rooms.indexOf("\n## ", 1));
        Map<String, Set<String>> table = new TreeMap<>();
        ROW.matcher(rooms)
                .results()
                .forEach(row -> table.put(
                        row.group(1),
                        Arrays.stream(row.group(2).split(",", -1))
                                .map(known -> known.strip().replace("`", ""))
                                .filter(known -> !known.isEmpty() && !known.equals("nothing"))
                                .collect(toCollection(TreeSet::new))));
        return table;
    }

    /** Which room knows which, by the byte code. The exported package is called {@code api}. */
    private static Map<String, Set<String>> edges(Path... classes) {
        StringWriter text = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("-verbose:package", "-filter:none", "--ignore-missing-deps"));
        Arrays.stream(classes).map(Path::toString).forEach(arguments::add);
        PrintWriter out = new PrintWriter(text);
        int code = ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, arguments.toArray(String[]::new));
        assertThat(code).as(text.toString()).isZero();
        Map<String, Set<String>> edges = new TreeMap<>();
        EDGE.matcher(text.toString())
                .results()
                .forEach(edge -> edges.computeIfAbsent(room(edge.group(1)), room -> new TreeSet<>())
                        .add(room(edge.group(2))));
        edges.forEach((room, known) -> known.remove(room));
        return edges;
    }

    private static String room(String type) {
        return type.equals(API) ? "api" : type.replace(API + ".engine.", "");
    }

    /** The edges that the table does not allow. */
    private static List<String> forbidden(Map<String, Set<String>> edges) throws IOException {
        Map<String, Set<String>> table = table();
        List<String> forbidden = new ArrayList<>();
        edges.forEach((room, known) -> known.stream()
                .filter(other -> !table.getOrDefault(room, Set.of()).contains(other))
                .forEach(other -> forbidden.add(room + " -> " + other)));
        return forbidden;
    }

    @Test
    void eachKnowsThoseAloneThatItsRowNames() throws IOException {
        assertThat(forbidden(edges(CLASSES))).isEmpty();
    }

    @Test
    void eachHasARowAndIsThere() throws IOException {
        Set<String> there = new TreeSet<>(Set.of("api"));
        try (var rooms = Files.list(CLASSES.resolve(API.replace('.', '/')).resolve("engine"))) {
            rooms.map(room -> room.getFileName().toString()).forEach(there::add);
        }

        assertThat(table().keySet()).isEqualTo(there);
    }

    @Test
    void noRowClosesACircleOrNamesTheApi() throws IOException {
        Map<String, Set<String>> left = new HashMap<>(table());
        assertThat(left.values()).noneMatch(known -> known.contains("api"));

        Set<String> below = new HashSet<>();
        while (below.addAll(left.keySet().stream()
                .filter(room -> below.containsAll(left.get(room)))
                .toList())) {
            left.keySet().removeAll(below);
        }
        assertThat(left.keySet()).as("rooms that are part of a circle").isEmpty();
    }

    @Test
    void theApiAloneIsExported() throws IOException {
        try (InputStream info = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
            assertThat(ModuleDescriptor.read(info).exports())
                    .extracting(ModuleDescriptor.Exports::source)
                    .containsExactly(API);
        }
    }

    @Test
    void anEdgeUpwardsIsFound(@TempDir Path directory) throws IOException {
        String room = API + ".engine.waiting";
        Path source = directory.resolve("Planted.java");
        Files.writeString(
                source,
                "package " + room + ";\nclass Planted { Object up = " + API + ".engine.receiving.Core.class, api = "
                        + API + ".Receiver.class; }\n");
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-proc:none",
                        "-cp",
                        CLASSES.toString(),
                        "-d",
                        directory.resolve("classes").toString(),
                        source.toString());
        assertThat(code).isZero();

        assertThat(forbidden(edges(directory.resolve("classes"))))
                .containsExactlyInAnyOrder("waiting -> receiving", "waiting -> api");
    }
}

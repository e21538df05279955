package io.github.clockeddispatch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Compares with other ways to do the same; docs/performance.md says how to read it.
 *
 * <pre>
 * check                    all contestants for a moment, and what they deliver; no time is looked at
 * quick                    ratios to the best peers; fails where one is below 70 % of its target
 * memory                   what pairs take that do nothing, and how long joining takes
 * snapshot                 what a snapshot costs under full load
 * calls                    what single calls cost and allocate (JMH)
 * report                   makes the tables and charts of docs/performance.md from the files beside it
 * [-w W1/W2] [-c jox/Agrona] [-k capacity/capacity] [-f forks] [-t trials] [-m millis] [-o file.csv]
 * -v DIR [-w W1/W2] …      ratios to the library as it is built in another checkout, see src/jmh/against
 * -r SETTINGS [-w W1/W2] … ratios of what the JDK's flight recorder records, by "default" or "profile", to what it does not
 * </pre>
 *
 * Each contestant has virtual machines of its own, which take turns with those of the others. Trials in which other processes
 * had more than 12 % of all processors do not count.
 */
public final class Bench {

    /** What a quick look compares with: of all peers those that were ahead of the others in any workload, and the floors. */
    private static final List<String> AHEAD = List.of(
            "ArrayBlockingQueue",
            "ArrayBlockingQueue, skip list",
            "jox",
            "Kotlin",
            "JCTools",
            "JCTools, one lock",
            "JCTools, skip list",
            "Agrona",
            "Agrona, one lock",
            "Disruptor, yields",
            "Disruptor, blocks",
            "Floor, one producer",
            "Floor, many producers");

    private final Map<String, String> options = new LinkedHashMap<>();
    private final Results results = new Results();

    private Bench(List<String> args) {
        for (int i = 0; i + 1 < args.size(); i += 2) {
            options.put(args.get(i), args.get(i + 1));
        }
    }

    public static void main(String[] args) throws Exception {
        switch (args.length == 1 ? args[0] : "") {
            case "check" -> check();
            case "quick" -> quick();
            case "memory" -> Footprint.run(100_000);
            case "snapshot" -> SnapshotCost.run();
            case "calls" -> org.openjdk.jmh.Main.main(new String[] {"AllocationBenchmark", "-prof", "gc"});
            case "report" -> BenchReport.write();
            default -> new Bench(List.of(args)).run();
        }
    }

    private static void check() throws Exception {
        for (String workload : Workload.USUAL.split("/")) {
            Workload what = Workload.of(workload);
            for (String name : Trial.names(what)) {
                for (int capacity : new int[] {16, 1024}) {
                    if (Trial.canDo(what, name)) {
                        Trial.run(what, name, capacity, 3_000);
                    }
                }
            }
            System.out.println("all contestants do right: " + what + ", " + what.title);
        }
        System.exit(0); // whatever threads the peers have left
    }

    private static void quick() throws Exception {
        Bench bench = new Bench(List.of("-f", "1", "-t", "3", "-m", "250"));
        for (String workload :
                Target.ALL.stream().map(Target::workload).distinct().toList()) {
            bench.compare(Workload.of(workload), Target.CAPACITY, AHEAD);
        }
        boolean failed = false;
        for (Target target : Target.ALL) {
            OptionalDouble ratio = target.ratio(bench.results);
            boolean enough = ratio.isPresent() && target.reached(ratio.getAsDouble()) >= Target.LEAST;
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %5.2f x %s, target %.2f%s%n",
                    target.workload(),
                    ratio.orElse(Double.NaN),
                    target.isToFloor() ? "the floor" : "the best peer",
                    target.factor(),
                    enough ? "" : ": too little");
            failed |= !enough;
        }
        if (failed) {
            System.exit(1);
        }
    }

    private List<String> list(String option, String otherwise) {
        return Arrays.asList(options.getOrDefault(option, otherwise).split("/"));
    }

    private void run() throws Exception {
        if (options.containsKey("-v")) {
            against(Path.of(options.get("-v")));
            return;
        }
        if (options.containsKey("-r")) {
            recorded(options.get("-r"));
            return;
        }
        List<String> wanted = list("-c", "").stream()
                .map(name -> name.replace("_", " "))
                .filter(name -> !name.isEmpty())
                .toList();
        Path file = Path.of(options.getOrDefault("-o", "bench.csv"));
        for (String workload : list("-w", Workload.USUAL)) {
            for (String capacity : list("-k", "1024")) {
                compare(Workload.of(workload), Integer.parseInt(capacity), wanted);
                results.write(file);
            }
        }
        System.out.println(results.dropped() + " trials were disturbed by others and do not count; all are in "
                + file.toAbsolutePath());
    }

    /** Compares with another state of the library, whose virtual machines take turns with those of this one. */
    private void against(Path other) throws Exception {
        String classPath = System.getProperty("java.class.path");
        String here = Path.of("").toAbsolutePath() + "/"; // it runs in target
        String there = other.toAbsolutePath().normalize().resolve("target") + "/";
        if (!classPath.contains(here) || !Files.isDirectory(Path.of(there))) {
            throw new IllegalStateException("the class path must name " + here + ", and there must be " + there);
        }
        turns(
                "this and the other one",
                "W1/W2/W3/W3B/W4_1/W4_4096/W5/W8/W8G/W9_2/W9_8/W9_64/W9D_2/W9D_8/W9D_64/W6/W6D",
                new Machine(classPath, List.of()),
                new Machine(classPath.replace(here, there), List.of()));
    }

    /** Compares virtual machines that record all along with others that never do. */
    private void recorded(String settings) throws Exception {
        String classPath = System.getProperty("java.class.path");
        turns(
                "recorded and not",
                "W1/W2/W6/W9_2/W9_8",
                new Machine(classPath, List.of("-XX:StartFlightRecording:settings=" + settings)),
                new Machine(classPath, List.of()));
    }

    /** How a virtual machine is started. */
    private record Machine(String classPath, List<String> options) {}

    /** Compares two, which take turns. */
    private void turns(String what, String workloads, Machine one, Machine other) throws Exception {
        int forks = Integer.parseInt(options.getOrDefault("-f", "8"));
        System.out.printf("%-8s %9s %21s   %s%n", "", "ratio", "95 % interval", what);
        for (String name : list("-w", workloads)) {
            Workload workload = Workload.of(name);
            Ratios ratios = new Ratios(workload.unit == Workload.Unit.MESSAGES_PER_SECOND);
            for (int fork = 0; fork < forks; fork++) {
                for (int i = 0; i < 2; i++) {
                    boolean isOther = (fork + i) % 2 == 1;
                    for (String line : trial(workload, Trial.OURS, Target.CAPACITY, isOther ? other : one)) {
                        ratios.add(fork, isOther, Results.numbers(Arrays.asList(line.split(","))));
                    }
                }
            }
            System.out.println(ratios.describe(workload));
        }
    }

    private void compare(Workload workload, int capacity, List<String> wanted) throws Exception {
        List<String> contestants = Trial.names(workload).stream()
                .filter(name -> Trial.canDo(workload, name))
                .filter(name -> wanted.isEmpty() || name.equals(Trial.OURS) || wanted.contains(name))
                .toList();
        int forks = Integer.parseInt(options.getOrDefault("-f", "3"));
        for (int fork = 0; fork < forks; fork++) {
            for (String contestant : contestants) {
                Machine machine = new Machine(System.getProperty("java.class.path"), List.of());
                for (String line : trial(workload, contestant, capacity, machine)) {
                    results.add(
                            new Results.Key(workload.name, contestant, capacity),
                            fork,
                            Results.numbers(Arrays.asList(line.split(","))));
                }
            }
        }
        print(workload, capacity, contestants);
    }

    private List<String> trial(Workload workload, String contestant, int capacity, Machine machine)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx4g", "-XX:+UseG1GC"));
        command.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"); // for Agrona
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow"); // for JCTools
        }
        command.addAll(machine.options);
        command.addAll(List.of("-cp", machine.classPath, Trial.class.getName()));
        command.addAll(List.of(workload.name, contestant, String.valueOf(capacity)));
        command.addAll(List.of(options.getOrDefault("-t", "5"), options.getOrDefault("-m", "400")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> trials = new ArrayList<>();
        List<String> other = new ArrayList<>();
        Thread killer = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // it has ended
            }
        });
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = out.readLine()) != null; ) {
                if (line.startsWith("TRIAL,")) {
                    trials.add(line.substring("TRIAL,".length()));
                } else {
                    other.add(line);
                }
            }
        }
        int exit = process.waitFor();
        killer.interrupt();
        if (exit != 0) {
            System.out.println(workload + ", " + contestant + ": exit " + exit + "\n  " + String.join("\n  ", other));
        }
        return trials;
    }

    private void print(Workload workload, int capacity, List<String> contestants) {
        System.out.printf("%n%s, %s, capacity %d%n", workload, workload.title, capacity);
        for (String contestant : contestants) {
            Results.Key key = new Results.Key(workload.name, contestant, capacity);
            StringBuilder line = new StringBuilder(String.format("  %-34s", contestant));
            boolean rate = workload.unit == Workload.Unit.MESSAGES_PER_SECOND;
            for (int column = 1; results.median(key, column).isPresent(); column++) {
                double[] sorted = results.sorted(key, column);
                double median = sorted[sorted.length / 2];
                line.append(
                        rate
                                ? String.format(
                                        Locale.ROOT,
                                        " %9.3f M/s (%.3f to %.3f)",
                                        median / 1e6,
                                        sorted[0] / 1e6,
                                        sorted[sorted.length - 1] / 1e6)
                                : String.format(Locale.ROOT, " %9.0f ns", median));
            }
            System.out.println(line.append("  of ").append(results.count(key)));
        }
    }
}

package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.SvgPlot;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What the processes of a hub use, measured again and again. */
final class Vitals {

    private static final double MEGABYTE = 1e6;

    enum Quantity {
        HEAP("Live heap after a full collection, MB", sample -> sample.heap / MEGABYTE),
        MEMORY("Memory of its own, without compiled code, MB", sample -> (sample.memory - sample.code) / MEGABYTE),
        /** The virtual machine compiles what is used often, less and less, up to its limit (ReservedCodeCacheSize). */
        CODE("Compiled code, MB", sample -> sample.code / MEGABYTE),
        THREADS("Threads", sample -> sample.threads),
        FILES("Open files and sockets", sample -> sample.files),
        CONNECTIONS("Connections to the database", sample -> sample.connections);

        private final String title;
        private final ToDoubleFunction<Sample> value;

        Quantity(String title, ToDoubleFunction<Sample> value) {
            this.title = title;
            this.value = value;
        }

        String title() {
            return title;
        }
    }

    /** @param memory anonymous, with the heap */
    private record Sample(
            double minute, long heap, long memory, long code, long threads, long files, long connections) {}

    private final SoakHub hub;
    private final long start = System.nanoTime();
    private final List<String> times = new ArrayList<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    Vitals(SoakHub hub) {
        this.hub = hub;
        hub.nodes().forEach(node -> samples.put(node.name(), new ArrayList<>()));
    }

    /** Measures all that are up. */
    void sample() {
        double minute = (System.nanoTime() - start) / 60e9;
        times.add(time(minute));
        for (SoakHub.Node node : hub.nodes()) {
            if (node.isUp()) sample(node, minute).ifPresent(samples.get(node.name())::add);
        }
    }

    private static String time(double minute) {
        return String.format(Locale.ROOT, "%.1f", minute);
    }

    /** Empty if it ends meanwhile, or the system doesn't tell. */
    private static Optional<Sample> sample(SoakHub.Node node, double minute) {
        Optional<Long> heap = JavaProcess.liveHeap(node.pid());
        Optional<Long> code = JavaProcess.compiledCode(node.pid());
        Optional<ProcessMemory> memory = ProcessMemory.of(node.pid());
        if (heap.isEmpty() || code.isEmpty() || memory.isEmpty()) return Optional.empty();
        try {
            return Optional.of(new Sample(
                    minute,
                    heap.get(),
                    memory.get().anonymous(),
                    code.get(),
                    entries(node, "task"),
                    entries(node, "fd"),
                    node.database().connections()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long entries(SoakHub.Node node, String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(node.pid()), folder))) {
            return entries.count();
        }
    }

    /** Of processes with enough samples, by process and quantity. */
    Map<String, Map<Quantity, Trend>> trends() {
        Map<String, Map<Quantity, Trend>> trends = new LinkedHashMap<>();
        samples.forEach((process, all) -> {
            if (all.size() < Trend.FEWEST) return;
            Map<Quantity, Trend> own = new LinkedHashMap<>();
            double[] minutes = all.stream().mapToDouble(Sample::minute).toArray();
            for (Quantity quantity : Quantity.values()) {
                own.put(
                        quantity,
                        Trend.of(
                                minutes,
                                all.stream().mapToDouble(quantity.value).toArray()));
            }
            trends.put(process, own);
        });
        return trends;
    }

    ObjectNode json() {
        ObjectNode processes = BenchOutput.JSON.createObjectNode();
        Map<String, Map<Quantity, Trend>> trends = trends();
        for (SoakHub.Node node : hub.nodes()) {
            ObjectNode process = processes.putObject(node.name());
            process.put("starts", node.starts())
                    .put("samples", samples.get(node.name()).size());
            trends.getOrDefault(node.name(), Map.of())
                    .forEach((quantity, trend) -> process.set(
                            EnumNames.of(quantity),
                            trend.json()
                                    .put("grows", node.starts() == 1 && quantity != Quantity.CODE && trend.grows())));
        }
        return processes;
    }

    /** Writes a plot for each quantity. */
    void plot(Path folder) {
        try {
            Files.createDirectories(folder);
            for (Quantity quantity : Quantity.values()) {
                Files.writeString(
                        folder.resolve(EnumNames.of(quantity) + ".svg"),
                        plot(quantity).xml());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The plots cannot be written to %s.".formatted(folder), e);
        }
    }

    private SvgPlot plot(Quantity quantity) {
        Map<String, List<SvgPlot.Point>> lines = new LinkedHashMap<>();
        double most = 0;
        for (Map.Entry<String, List<Sample>> process : samples.entrySet()) {
            List<SvgPlot.Point> points = new ArrayList<>();
            for (Sample sample : process.getValue()) {
                double value = quantity.value.applyAsDouble(sample);
                points.add(SvgPlot.Point.of(time(sample.minute), value));
                most = Math.max(most, value);
            }
            if (!points.isEmpty()) lines.put(process.getKey(), points);
        }
        return new SvgPlot(quantity.title, "minutes", round(most), times, lines);
    }

    /** The next number that five grid lines divide into whole numbers. */
    private static double round(double most) {
        double step = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, most / 5)))));
        return 5 * step * Math.max(1, Math.ceil(most / 5 / step));
    }
}

package io.lorahub.adapter.page;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The changes from one version to another.
 *
 * @param files all files of both
 * @param facts that differ
 * @param modules whose norm changed, the largest changes first
 * @param more number of changed modules that are not in the list
 */
public record VersionDifference(
        String from, String to, List<FileChange> files, List<FactChange> facts, List<NormChange> modules, int more) {

    /** @param what {@code added}, {@code removed}, {@code changed} or {@code the same} */
    public record FileChange(String name, String what, Long before, Long after) {}

    public record FactChange(String name, String before, String after) {}

    /** @param before null if the module was not adapted */
    public record NormChange(String module, Double before, Double after) {

        double size() {
            return Math.abs((after == null ? 0 : after) - (before == null ? 0 : before));
        }
    }

    private static final int SHOWN = 8;

    /** Smaller changes round to zero and are ignored. */
    private static final double SMALLEST = 0.005;

    /** @param sizes in bytes, by SHA-256, of the files of both */
    static VersionDifference of(AdapterVersion from, AdapterVersion to, Map<String, Long> sizes) {
        AdapterFacts before = new AdapterFacts(from.facts);
        AdapterFacts after = new AdapterFacts(to.facts);
        List<NormChange> modules = modules(before, after);
        return new VersionDifference(
                from.label,
                to.label,
                files(from, to, sizes),
                facts(before, after),
                modules.stream().limit(SHOWN).toList(),
                Math.max(0, modules.size() - SHOWN));
    }

    public boolean isSameFiles() {
        return files.stream().allMatch(f -> f.what.equals("the same"));
    }

    private static List<FileChange> files(AdapterVersion from, AdapterVersion to, Map<String, Long> sizes) {
        TreeSet<String> names = new TreeSet<>(from.files.keySet());
        names.addAll(to.files.keySet());
        return names.stream()
                .map(name -> file(name, from.files.get(name), to.files.get(name), sizes))
                .toList();
    }

    private static FileChange file(String name, String before, String after, Map<String, Long> sizes) {
        String what =
                before == null ? "added" : after == null ? "removed" : before.equals(after) ? "the same" : "changed";
        return new FileChange(name, what, sizes.get(before), sizes.get(after));
    }

    private static List<FactChange> facts(AdapterFacts before, AdapterFacts after) {
        List<FactChange> changes = new ArrayList<>();
        Map<String, Function<AdapterFacts, ?>> facts = new LinkedHashMap<>();
        facts.put("Base model", f -> f.baseModel().orElse("not named"));
        facts.put("Rank", f -> words(f.ranks()));
        facts.put("Alpha", f -> words(f.alphas()));
        facts.put("Target modules", f -> words(f.targets()));
        facts.put("Fully trained", f -> words(f.replacedModules()));
        facts.put("Adapted modules", AdapterFacts::modules);
        facts.put("Parameters", f -> String.format(Locale.ENGLISH, "%,d", f.parameters()));
        facts.put("Type", f -> words(f.dtypes()));
        facts.put("Norm of all ΔW", f -> String.format(Locale.ENGLISH, "%.2f", f.norm()));
        facts.forEach((name, fact) -> {
            String old = fact.apply(before).toString();
            String now = fact.apply(after).toString();
            if (!old.equals(now)) changes.add(new FactChange(name, old, now));
        });
        return changes;
    }

    private static List<NormChange> modules(AdapterFacts before, AdapterFacts after) {
        Map<String, Double> old = norms(before);
        Map<String, Double> now = norms(after);
        TreeSet<String> modules = new TreeSet<>(old.keySet());
        modules.addAll(now.keySet());
        return modules.stream()
                .map(m -> new NormChange(m, old.get(m), now.get(m)))
                .filter(c -> c.size() >= SMALLEST || c.before == null || c.after == null)
                .sorted(Comparator.comparingDouble(NormChange::size).reversed())
                .toList();
    }

    private static Map<String, Double> norms(AdapterFacts facts) {
        return facts.layers().stream().collect(Collectors.toMap(Layer::module, Layer::norm, (a, b) -> a, TreeMap::new));
    }

    private static String words(List<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}

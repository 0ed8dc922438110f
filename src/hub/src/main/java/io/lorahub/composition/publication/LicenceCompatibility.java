package io.lorahub.composition.publication;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * Finds the licence for a work derived from works under several licences: one that can be reached from each of them.
 * Each step leads to a more demanding licence. The steps are those that the licences' own texts or stewards allow (for
 * GNU licences, according to the Free Software Foundation's list of licences), in {@code licences/succession.csv}; a
 * licence without steps is compatible only with itself. Steps are followed transitively, so a step that is not valid
 * for earlier licences in the chain is omitted: MPL-2.0 may become GPL-2.0, but Apache-2.0 may become MPL-2.0 and not
 * GPL-2.0.
 */
final class LicenceCompatibility {

    private static final Map<String, List<String>> STEPS = read();

    private LicenceCompatibility() {}

    /** The least demanding licence that all of these allow; empty if there is none. */
    static Optional<String> of(Collection<String> licences) {
        Set<String> distinct = new HashSet<>(licences);
        if (distinct.size() == 1) return Optional.of(distinct.iterator().next());
        Map<String, Integer> steps = new LinkedHashMap<>();
        Map<String, Integer> reachedBy = new HashMap<>();
        for (String licence : distinct) {
            from(licence).forEach((reached, distance) -> {
                steps.merge(reached, distance, Integer::sum);
                reachedBy.merge(reached, 1, Integer::sum);
            });
        }
        List<String> common = steps.keySet().stream()
                .filter(licence -> reachedBy.get(licence) == distinct.size())
                .toList();
        return common.stream()
                .filter(licence -> common.stream()
                        .noneMatch(less -> !less.equals(licence) && from(less).containsKey(licence)))
                .min(Comparator.<String>comparingInt(steps::get).thenComparing(Comparator.naturalOrder()));
    }

    /** Number of steps to each licence that can be reached. */
    private static Map<String, Integer> from(String licence) {
        Map<String, Integer> distances = new HashMap<>(Map.of(licence, 0));
        Deque<String> open = new ArrayDeque<>(List.of(licence));
        while (!open.isEmpty()) {
            String at = open.removeFirst();
            for (String next : STEPS.getOrDefault(at, List.of())) {
                if (distances.putIfAbsent(next, distances.get(at) + 1) == null) open.addLast(next);
            }
        }
        return distances;
    }

    private static Map<String, List<String>> read() {
        try (InputStream in = LicenceCompatibility.class.getResourceAsStream("/licences/succession.csv");
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get().parse(reader).stream()
                    .collect(Collectors.groupingBy(
                            (CSVRecord row) -> row.get("from"),
                            Collectors.mapping(row -> row.get("to"), Collectors.toList())));
        } catch (IOException e) {
            throw new UncheckedIOException("The list of licences cannot be read.", e);
        }
    }
}

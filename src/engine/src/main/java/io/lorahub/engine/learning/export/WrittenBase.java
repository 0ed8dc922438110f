package io.lorahub.engine.learning.export;

import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.model.family.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a written adapter says of its base model. */
final class WrittenBase {

    private WrittenBase() {}

    /**
     * Returns the most frequent base model name among the adapters. Adapters may name the same model differently, for
     * example by the folder used for training. The local folder here would be meaningless on another machine.
     */
    static String name(LearningSession session) {
        return mostFrequent(names(session.adapters()))
                .orElseGet(() -> session.base().folder().toString());
    }

    private static Stream<String> names(List<LoraAdapter> adapters) {
        return adapters.stream().flatMap(a -> a.config().baseModel().stream());
    }

    /** Returns the revision used by adapters with this base model name; empty for the default revision. */
    private static Optional<String> revision(LearningSession session, String baseName) {
        List<LoraAdapter> same = session.adapters().stream()
                .filter(a -> a.config().baseModel().filter(baseName::equals).isPresent())
                .toList();
        return mostFrequent(same.stream().map(a -> BaseModelName.revision(List.of(a))))
                .filter(revision -> !revision.equals(BaseModelName.MAIN));
    }

    /** Returns the most frequent name; the first one on a tie. */
    private static Optional<String> mostFrequent(Stream<String> names) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        names.forEach(name -> counts.merge(name, 1, Integer::sum));
        return counts.keySet().stream().reduce((a, b) -> counts.get(b) > counts.get(a) ? b : a);
    }

    static AdapterWriter.Options options(LearningSession session) {
        ModelConfig config = session.base().config();
        Set<String> modules = new TreeSet<>(config.modules().keySet());
        modules.addAll(config.tables());
        boolean transposed = session.bank().modules().stream().allMatch(config::isTransposed);
        return new AdapterWriter.Options(
                true,
                modules,
                Map.of(),
                revision(session, name(session)),
                config.architecture().taskType(),
                transposed);
    }
}

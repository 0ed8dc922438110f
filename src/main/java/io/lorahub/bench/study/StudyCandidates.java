package io.lorahub.bench.study;

import io.lorahub.bench.search.DistractorAdapters;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.lora.LoraAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The candidates by their number: fewer than the demo has are the skills of the task and random others, more are all of
 * them hidden among noisy, scaled and merged copies. The caller closes them.
 */
record StudyCandidates(DemoHub hub, List<DemoTask> tasks) {

    private static final long SEED = 42;

    /** Whether each task has candidates of its own. */
    boolean dependOnTask(int count) {
        return count < hub.adapters().size();
    }

    /** @param task ignored unless the candidates depend on it */
    List<LoraAdapter> of(int count, DemoTask task) {
        int all = hub.adapters().size();
        if (count >= all) {
            List<LoraAdapter> originals = LoraAdapter.loadAll(hub.adaptersFolder());
            return count == all ? originals : DistractorAdapters.around(originals, count - all, SEED, tasks);
        }
        Set<String> names = new LinkedHashSet<>(List.of(task.name().split("-")));
        List<String> others = new ArrayList<>(
                hub.adapters().stream().map(DemoHub.DemoAdapter::name).toList());
        Collections.shuffle(others, new Random(SEED + task.name().hashCode()));
        for (String other : others) {
            if (names.size() < count) names.add(other);
        }
        return LoraAdapter.list(hub.adaptersFolder()).stream()
                .filter(path -> names.contains(name(path)))
                .map(LoraAdapter::load)
                .toList();
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }
}

package io.lorahub.demo;

import io.lorahub.adapter.CheckReport;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The doctor's findings of the demo hub's adapters. */
final class DemoCheckups {

    private DemoCheckups() {}

    /** On all cores, because somebody waits for the start. */
    static Map<DemoAdapter, CheckReport> of(DemoHub hub) {
        try (TensorSource base = ModelFolder.open(hub.base())) {
            return hub.adapters().parallelStream()
                    .collect(Collectors.toConcurrentMap(
                            Function.identity(),
                            a -> CheckReport.of(hub.adaptersFolder().resolve(a.name()), Optional.of(base), "")));
        }
    }
}

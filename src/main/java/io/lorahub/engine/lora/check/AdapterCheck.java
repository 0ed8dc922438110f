package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.List;
import java.util.function.Consumer;

/** One check of an adapter. */
public interface AdapterCheck {

    void check(AdapterContents adapter, Consumer<CheckFinding> found);

    /** The checks that only need the configuration. */
    List<AdapterCheck> OF_CONFIG =
            List.of(new PeftTypeCheck(), new RefusedFeatureCheck(), new InitialisationCheck(), new ConfigKeysCheck());

    List<AdapterCheck> OF_TENSORS = List.of(
            new ForeignTensorsCheck(),
            new PartnerCheck(),
            new DTypeCheck(),
            new ShapeCheck(),
            new ScaleCheck(),
            new TargetsCheck(),
            new LoraBiasCheck(),
            new FiniteCheck(),
            new UntrainedCheck(),
            new SharedEmbeddingCheck());
}

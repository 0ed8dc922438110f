package io.lorahub.engine.lora.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One check of an adapter. */
public interface AdapterCheck {

    void check(AdapterContents adapter, Consumer<CheckFinding> findings);

    /**
     * Says that the adapter is of another kind than LoRA, if its configuration names one. Its settings and tensors then
     * mean something else, so no other check applies.
     *
     * @param config content of adapter_config.json
     */
    static Optional<CheckFinding> anotherKind(JsonNode config) {
        JsonNode type = config.path("peft_type");
        boolean another = type.isTextual() && !type.textValue().equalsIgnoreCase("LORA");
        return another ? Optional.of(PeftTypeCheck.notLora(type)) : Optional.empty();
    }

    /** The checks that only need the configuration. */
    List<AdapterCheck> OF_CONFIG =
            List.of(new PeftTypeCheck(), new RefusedFeatureCheck(), new InitialisationCheck(), new ConfigKeysCheck());

    List<AdapterCheck> OF_TENSORS = List.of(
            new ForeignTensorsCheck(),
            new PartnerCheck(),
            new ModuleCountCheck(),
            new DTypeCheck(),
            new ShapeCheck(),
            new ScaleCheck(),
            new TargetsCheck(),
            new LoraBiasCheck(),
            new FiniteCheck(),
            new UntrainedCheck(),
            new SharedEmbeddingCheck());
}

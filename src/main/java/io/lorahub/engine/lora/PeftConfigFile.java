package io.lorahub.engine.lora;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Optional;

/** The text of an {@code adapter_config.json} for PEFT 0.9 and later: no key that only some versions know. */
final class PeftConfigFile {

    private PeftConfigFile() {}

    static String json(
            String baseModel, Optional<String> revision, int rank, boolean loraBias, Collection<String> targets) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putNull("auto_mapping");
        json.put("base_model_name_or_path", baseModel);
        json.put("bias", "none");
        json.put("fan_in_fan_out", false);
        json.put("inference_mode", true);
        json.put("init_lora_weights", true);
        json.put("lora_alpha", rank);
        if (loraBias) json.put("lora_bias", true); // known since PEFT 0.14
        json.put("lora_dropout", 0.0);
        json.putNull("modules_to_save");
        json.put("peft_type", "LORA");
        json.put("r", rank);
        json.putObject("alpha_pattern");
        json.putObject("rank_pattern");
        json.put("revision", revision.orElse(null));
        targets.forEach(json.putArray("target_modules")::add);
        json.put("task_type", "SEQ_2_SEQ_LM");
        json.put("use_rslora", false);
        return json.toPrettyString() + "\n";
    }
}

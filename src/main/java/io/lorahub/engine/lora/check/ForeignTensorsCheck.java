package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import java.util.function.Consumer;

/** Checks that every tensor in the file is a LoRA factor; ignoring another tensor would silently change the result. */
final class ForeignTensorsCheck implements AdapterCheck {

    private static final String PREFIX = "base_model.model.";

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> found) {
        for (String name : adapter.unknown()) {
            found.accept(
                    BaseCopies.isOne(name)
                            ? CheckFinding.info(
                                    "base-copy",
                                    name,
                                    "The tensor %s is a copy of a weight of the base model: it is left out where it equals that, and else the adapter does not fit."
                                            .formatted(name))
                            : CheckFinding.error(
                                    "foreign-tensor",
                                    name,
                                    "The tensor %s %s.".formatted(name, whatItIs(name)),
                                    whatToDo(name)));
        }
    }

    private static String whatItIs(String name) {
        if (name.contains("lora_magnitude_vector")) return "is a magnitude vector of DoRA, which cannot be composed";
        if (!name.startsWith(PREFIX))
            return "lacks the prefix %s, with which the names of PEFT begin".formatted(PREFIX.replaceAll("\\.$", ""));
        if (name.contains(".modules_to_save.")) return "is a replaced module (modules_to_save), not a LoRA factor";
        if (name.contains("trainable_tokens"))
            return "is of trained tokens (trainable_token_indices), not a LoRA factor";
        if (name.contains(".lora_")) return "belongs to a kind of LoRA that is not known here";
        if (name.endsWith(".bias")) return "is a trained bias of the base model, not a LoRA factor";
        return "is a weight of the base model, not a LoRA factor";
    }

    private static String whatToDo(String name) {
        if (!name.startsWith(PREFIX) && TensorName.parse(PREFIX + name).isPresent()) {
            return "Save the adapter with save_pretrained of PEFT, or put the prefix and a dot before each name.";
        }
        if (name.contains("trainable_tokens")) return "Train it again without trainable_token_indices.";
        if (name.contains("lora_")) return "Train a plain LoRA adapter.";
        if (name.endsWith(".bias")) return "Train it again with bias=\"none\".";
        return "Train it again without modules_to_save.";
    }
}

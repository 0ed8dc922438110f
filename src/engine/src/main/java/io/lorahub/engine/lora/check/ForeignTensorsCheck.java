package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.SavedModules;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that every tensor in the file is a LoRA factor; ignoring another tensor would silently change the result. Only
 * what VeLoRA needs in training (arXiv 2405.17991) has no part in it: the adapter computes B·A as any other.
 */
final class ForeignTensorsCheck implements AdapterCheck {

    private static final String PREFIX = "base_model.model.";

    private static final String OF_TRAINING = ".lora_velora_embed";

    /** The beginning of a factor's last part, after which only {@code weight} may come, or an adapter's name and that. */
    private static final Pattern FACTOR = Pattern.compile(".*\\.lora_[AB](?=\\.)(.*)");

    @Override
    public void check(AdapterContents adapter, Consumer<CheckFinding> findings) {
        List<String> ofTraining = adapter.unknown().stream()
                .filter(ForeignTensorsCheck::isOfTraining)
                .toList();
        if (!ofTraining.isEmpty()) {
            findings.accept(CheckFinding.info(
                    "training-tensor",
                    ofTraining.get(0),
                    "%d tensors such as %s were needed for training only (VeLoRA) and are ignored."
                            .formatted(ofTraining.size(), ofTraining.get(0))));
        }
        adapter.unknown().stream()
                .filter(name -> !isOfTraining(name))
                .forEach(name -> findings.accept(finding(name, adapter)));
        SavedModules.tables(adapter.config().json()).stream()
                .filter(table -> adapter.unknown().stream().noneMatch(name -> BaseCopies.isOf(table, name)))
                .forEach(table -> findings.accept(missing(table)));
    }

    private static boolean isOfTraining(String name) {
        return name.startsWith(PREFIX) && name.endsWith(OF_TRAINING);
    }

    private static CheckFinding finding(String name, AdapterContents adapter) {
        if (!BaseCopies.isOne(name)) {
            return CheckFinding.error(
                    "foreign-tensor", name, "The tensor %s %s.".formatted(name, described(name)), whatToDo(name));
        }
        return CheckFinding.info(
                "base-copy",
                name,
                BaseCopies.isSaved(name, adapter.config().json())
                        ? "%s is a whole module that PEFT saved beside the factors (modules_to_save). If it equals the base model's, it is ignored; otherwise it replaces the base model's. An adapter with another number of rows, such as for added tokens, is refused."
                                .formatted(name)
                        : "%s is a weight of the base model that PEFT saved beside the factors. It must equal the base model's and is then ignored; otherwise the adapter is refused."
                                .formatted(name));
    }

    private static CheckFinding missing(String table) {
        return CheckFinding.warning(
                "saved-module-missing",
                table,
                "modules_to_save names %s, but the file does not contain it, so the base model's is used."
                        .formatted(table),
                "If it was trained, save the adapter again; otherwise remove the name.");
    }

    private static String described(String name) {
        if (name.contains("lora_magnitude_vector")) return "is a magnitude vector of DoRA, which cannot be composed";
        if (!name.startsWith(PREFIX))
            return "lacks the prefix %s that PEFT's names begin with".formatted(PREFIX.replaceAll("\\.$", ""));
        if (name.contains(".modules_to_save.")) return "is a replaced module (modules_to_save), not a LoRA factor";
        if (name.contains("trainable_tokens"))
            return "belongs to trained tokens (trainable_token_indices), not a LoRA factor";
        Matcher factor = FACTOR.matcher(name);
        if (factor.matches()) {
            return "has an unknown ending, %s; names of LoRA factors end with lora_A.weight and lora_B.weight"
                    .formatted(factor.group(1));
        }
        if (name.contains(".lora_")) return "belongs to a kind of LoRA that LoraHub doesn't know";
        if (name.endsWith(".bias")) return "is a trained bias of the base model, not a LoRA factor";
        return "is a weight of the base model, not a LoRA factor";
    }

    private static String whatToDo(String name) {
        if (!name.startsWith(PREFIX) && TensorName.parse(PREFIX + name).isPresent()) {
            return "Save the adapter with PEFT's save_pretrained, or put the prefix and a dot before each name.";
        }
        if (name.contains("trainable_tokens")) return "Train it again without trainable_token_indices.";
        if (FACTOR.matcher(name).matches()) {
            return "Save the adapter again with PEFT's save_pretrained, or remove or rename this tensor.";
        }
        if (name.contains("lora_")) return "Train a plain LoRA adapter.";
        if (name.endsWith(".bias")) return "Train it again with bias=\"none\".";
        return "Train it again without modules_to_save.";
    }
}

package io.lorahub.basemodel;

import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.regex.Pattern;

/** The names of files that a browser sent as a base model. */
final class UploadedModelFiles {

    private static final Pattern WEIGHTS =
            Pattern.compile("(model|pytorch_model).*\\.(safetensors|bin)(\\.index\\.json)?");

    private UploadedModelFiles() {}

    /** Names what was sent instead of a model. */
    static void requireModel(List<String> names) {
        if (names.stream().noneMatch(WEIGHTS.asMatchPredicate())) {
            if (names.contains("adapter_config.json")) {
                throw ProblemException.invalid(
                        "files",
                        "These are the files of an adapter. Choose those of a base model here, and upload the adapter on the page Upload.");
            }
            names.stream().filter(name -> name.endsWith(".gguf")).findFirst().ifPresent(name -> {
                throw ProblemException.invalid(
                        "files",
                        "%s is a GGUF file, which LoraHub does not run. Choose the files of the original model: config.json, its weights as safetensors, and its tokenizer."
                                .formatted(name));
            });
        }
        if (!names.contains("config.json")) {
            throw ProblemException.invalid(
                    "files", "There is no config.json among them; choose all files of the model's folder.");
        }
    }
}

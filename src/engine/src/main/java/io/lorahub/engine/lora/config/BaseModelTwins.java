package io.lorahub.engine.lora.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of the same model under other organisations and in quantised form, such as {@code meta-llama/Llama-3.2-1B} and
 * {@code unsloth/Llama-3.2-1B-unsloth-bnb-4bit}. A name is only a hint: the weights can still differ.
 */
public final class BaseModelTwins {

    /** One word at the end of a name that says how the weights are quantised. */
    private static final Pattern QUANTIZATION = Pattern.compile(
            "[-_.](?:unsloth|bnb|nf4|fp4|fp8|[2348]-?bits?|int[48]|w[48]a(?:8|16)|gptq|awq|hqq|aqlm|exl2|eetq|quantized"
                    + "|gs?\\d+|group\\d+|dynamic|marlin)$");

    private BaseModelTwins() {}

    /** Whether the name says that the weights are quantised. */
    public static boolean isQuantized(String name) {
        return QUANTIZATION.matcher(withoutOrganisation(name)).find();
    }

    /** Whether both names look like the same model. */
    public static boolean areTwins(String name, String other) {
        return original(name).equals(original(other));
    }

    /** Returns the first of the names that looks like the same model. */
    public static Optional<String> of(String name, Collection<String> names) {
        return names.stream().filter(other -> areTwins(name, other)).findFirst();
    }

    /** Returns the name without organisation and quantisation, in lower case. */
    private static String original(String name) {
        String model = withoutOrganisation(name);
        String shorter = QUANTIZATION.matcher(model).replaceFirst("");
        while (!shorter.equals(model)) {
            model = shorter;
            shorter = QUANTIZATION.matcher(model).replaceFirst("");
        }
        // meta-llama/Llama-2-7b-hf is Llama-2-7B elsewhere, and Meta-Llama-3.1-8B was renamed
        return model.replaceFirst("-hf$", "").replaceFirst("^meta-", "");
    }

    private static String withoutOrganisation(String name) {
        String trimmed = name.strip().replaceAll("[/\\\\]++$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1)
                .toLowerCase(Locale.ROOT);
    }
}

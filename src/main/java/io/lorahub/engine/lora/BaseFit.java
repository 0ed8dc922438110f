package io.lorahub.engine.lora;

import io.lorahub.engine.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether an adapter's modules are modules of a base model, with its shapes. */
final class BaseFit {

    private final TensorSource base;

    BaseFit(TensorSource base) {
        this.base = base;
    }

    /**
     * @param modules those that can be read
     * @param adapted names of all modules that the adapter has tensors for
     */
    List<Finding> misfits(AdapterConfig config, Collection<LoraModule> modules, Set<String> adapted) {
        FindingCollector found = new FindingCollector();
        modules.forEach(m -> check(m, found));
        warnOfGaps(config, adapted, found);
        return found.findings();
    }

    private void warnOfGaps(AdapterConfig config, Set<String> adapted, FindingCollector found) {
        for (String tensor : base.names()) {
            if (!isLinearWeight(tensor)) continue;
            String module = tensor.substring(0, tensor.length() - ".weight".length());
            if (config.targets().selector().isPresent()
                    && config.targets().covers(module)
                    && !adapted.contains(module)) {
                found.accept(Finding.warning(
                        "targeted-without-tensors",
                        module,
                        "target_modules covers %s of the base model,".formatted(module)
                                + " but the adapter has no tensors for it, so it changes nothing there.",
                        "Check that the file is complete."));
            }
        }
    }

    private void check(LoraModule m, FindingCollector found) {
        if (m.name().endsWith("embed_tokens")) {
            found.accept(Finding.error(
                    "module-not-in-base",
                    m.name(),
                    "%s is only another name for shared, which PEFT does not see.".formatted(m.name()),
                    "Remove its tensors."));
            return;
        }
        Optional<long[]> weight = weightOf(m.name());
        if (weight.isEmpty()) {
            found.accept(Finding.error(
                    "module-not-in-base",
                    m.name(),
                    "The base model has no module %s.".formatted(m.name()),
                    "The adapter was made for another model; name that one as the base."));
            return;
        }
        long[] needed = m.embedding() ? new long[] {m.in(), m.out()} : new long[] {m.out(), m.in()};
        if (!Arrays.equals(weight.get(), needed)) {
            found.accept(Finding.error(
                    "base-shape",
                    m.name(),
                    "%s changes a weight of %s, but the base model's is %s."
                            .formatted(m.name(), Arrays.toString(needed), Arrays.toString(weight.get())),
                    "The adapter was made for another model; name that one as the base."));
        }
    }

    /** A tied output embedding has no tensor of its own. */
    private Optional<long[]> weightOf(String module) {
        String name = module + ".weight";
        if (base.names().contains(name)) return Optional.of(base.info(name).shape());
        if (module.equals("lm_head") && base.names().contains("shared.weight")) {
            return Optional.of(base.info("shared.weight").shape());
        }
        return Optional.empty();
    }

    private boolean isLinearWeight(String tensor) {
        return tensor.endsWith(".weight")
                && base.info(tensor).shape().length == 2
                && !tensor.endsWith("relative_attention_bias.weight")
                && !tensor.endsWith("embed_tokens.weight")
                && !tensor.equals("shared.weight");
    }
}

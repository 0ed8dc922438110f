package io.lorahub.engine.model.family;

import io.lorahub.engine.model.family.CausalConfig.Attention;
import io.lorahub.engine.model.family.CausalConfig.FeedForward;
import io.lorahub.engine.model.family.CausalConfig.Projection;
import io.lorahub.engine.model.family.CausalConfig.QueryNorm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a decoder-only model, and the modules that adapters may change. */
final class CausalLayout {

    private final CausalConfig config;
    private final ModuleNames names;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final Map<String, long[]> modules = new LinkedHashMap<>();
    private final List<List<String>> joins = new ArrayList<>();

    CausalLayout(CausalConfig config) {
        this.config = config;
        names = config.names();
        matrix(names.embedding, config.vocabulary(), config.width());
        if (!names.positions.isEmpty()) matrix(names.positions, config.contextLength(), config.width());
        for (int i = 0; i < config.layers(); i++) {
            layer(names.layer.replace("{}", Integer.toString(i)));
        }
        norm(names.finalNorm, config.width());
        if (!config.tied()) matrix(names.head, config.vocabulary(), config.width());
        modules.put(names.head, new long[] {config.vocabulary(), config.width()});
    }

    /** All tensors with their shapes in the files. */
    Map<String, long[]> shapes() {
        return shapes;
    }

    /** All linear layers as [out, in]. */
    Map<String, long[]> modules() {
        return modules;
    }

    /** Linear layers that read the same, side by side. */
    List<List<String>> joins() {
        return joins;
    }

    private void layer(String prefix) {
        Attention attention = config.attention();
        if (attention.projection() == Projection.SEPARATE) {
            linear(prefix + names.query, attention.queryWidth(), config.width(), attention.bias());
            linear(prefix + names.key, attention.keyWidth(), config.width(), attention.bias());
            linear(prefix + names.value, attention.keyWidth(), config.width(), attention.bias());
            joins.add(List.of(prefix + names.query, prefix + names.key, prefix + names.value));
        } else {
            int all = attention.queryWidth() + 2 * attention.keyWidth();
            linear(prefix + names.queryKeyValue, all, config.width(), attention.bias());
        }
        linear(prefix + names.output, config.width(), attention.queryWidth(), attention.outputBias());
        boolean perHead = attention.queryNorm() == QueryNorm.HEAD;
        if (attention.queryNorm() != QueryNorm.NONE) {
            norm(prefix + names.queryNorm, perHead ? attention.headWidth() : attention.queryWidth());
            norm(prefix + names.keyNorm, perHead ? attention.headWidth() : attention.keyWidth());
        }
        feedForward(prefix, config.feedForward());
        if (config.norms().before()) {
            norm(prefix + names.attentionNorm, config.width());
            norm(prefix + names.feedForwardNorm, config.width());
        }
        if (config.norms().after()) {
            norm(prefix + names.attentionPostNorm, config.width());
            norm(prefix + names.feedForwardPostNorm, config.width());
        }
    }

    private void feedForward(String prefix, FeedForward part) {
        if (part.fused()) {
            linear(prefix + names.gateUp, 2 * part.inner(), config.width(), part.bias());
        } else {
            if (part.gated()) linear(prefix + names.gate, part.inner(), config.width(), part.bias());
            linear(prefix + names.up, part.inner(), config.width(), part.bias());
            if (part.gated()) joins.add(List.of(prefix + names.gate, prefix + names.up));
        }
        linear(prefix + names.down, config.width(), part.inner(), part.bias());
    }

    private void linear(String module, int out, int in, boolean bias) {
        modules.put(module, new long[] {out, in});
        matrix(module, config.transposed() ? in : out, config.transposed() ? out : in);
        if (bias) shapes.put(module + ".bias", new long[] {out});
    }

    private void matrix(String module, int rows, int columns) {
        shapes.put(module + ".weight", new long[] {rows, columns});
    }

    private void norm(String module, int width) {
        shapes.put(module + ".weight", new long[] {width});
        if (config.norms().layerNorm()) shapes.put(module + ".bias", new long[] {width});
    }
}

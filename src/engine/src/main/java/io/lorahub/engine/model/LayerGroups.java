package io.lorahub.engine.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.names.EnumNames;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Groups of layers in which each adapter has a weight of its own. */
public enum LayerGroups {
    /** {@link #THIRDS} if a run's settings and budget allow for it, otherwise {@link #NONE}. */
    AUTO("all"),
    /** One weight per adapter, for all layers. */
    NONE("all"),
    /** One weight in the encoder and one in the decoder. */
    STACKS("encoder", "decoder"),
    /** One weight in each third of the layers, counted from the input; in an encoder-decoder model of both stacks. */
    THIRDS("first", "middle", "last");

    /** A module inside a layer: the names of the layers' list and the layer's number, such as encoder.block and 3. */
    private static final Pattern LAYER = Pattern.compile("(.*?)\\.(\\d{1,5})\\..*");

    private final List<String> names;

    LayerGroups(String... names) {
        this.names = List.of(names);
    }

    /** The groups' names, in the order of an adapter's weights. */
    public List<String> names() {
        return names;
    }

    /** Number of weights per adapter. */
    public int size() {
        return names.size();
    }

    /**
     * Returns the group of each module by its index. Modules outside the layers belong to the side where they are: an
     * input embedding to the first group, an output layer to the last. Throws EngineException if the model has no such
     * groups.
     */
    public ToIntFunction<String> of(ModelConfig config) {
        return switch (this) {
            case AUTO -> throw new IllegalArgumentException("The layer groups of this run are not chosen yet.");
            case NONE -> module -> 0;
            case STACKS -> stacks(config);
            case THIRDS -> thirds(config);
        };
    }

    private static ToIntFunction<String> stacks(ModelConfig config) {
        if (config.architecture() != Architecture.ENCODER_DECODER) {
            throw new EngineException(
                    "The base model has no encoder, so the layer groups \"stacks\" don't apply to it; use \"thirds\".");
        }
        return module -> module.startsWith("encoder.") || module.equals(config.embedding()) ? 0 : 1;
    }

    private static ToIntFunction<String> thirds(ModelConfig config) {
        return module -> {
            Matcher layer = LAYER.matcher(module);
            if (!layer.matches()) return module.equals(config.outputLayer()) ? THIRDS.size() - 1 : 0;
            String list = layer.group(1) + ".";
            int depth = 1
                    + config.modules().keySet().stream()
                            .map(LAYER::matcher)
                            .filter(other -> other.matches() && list.equals(other.group(1) + "."))
                            .mapToInt(other -> Integer.parseInt(other.group(2)))
                            .max()
                            .orElse(0);
            return Integer.parseInt(layer.group(2)) * THIRDS.size() / depth;
        };
    }

    /** The name in JSON and on the command line. */
    @Override
    @JsonValue
    public String toString() {
        return EnumNames.of(this);
    }
}

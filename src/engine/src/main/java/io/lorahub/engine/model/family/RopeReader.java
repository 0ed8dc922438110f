package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.Rope.Dynamic;
import io.lorahub.engine.model.family.Rope.Linear;
import io.lorahub.engine.model.family.Rope.Llama3;
import io.lorahub.engine.model.family.Rope.LongRope;
import io.lorahub.engine.model.family.Rope.Scaling;
import io.lorahub.engine.model.family.Rope.Unscaled;
import io.lorahub.engine.model.family.Rope.Yarn;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads rotary position embeddings from config.json: {@code rope_theta} and {@code rope_scaling} (transformers 4) or
 * {@code rope_parameters} (transformers 5).
 */
final class RopeReader {

    private final ConfigValues config;
    private final ConfigValues scaling;
    private final int rotated;
    private final int positions;

    private RopeReader(ConfigValues config, ConfigValues scaling, int rotated, int positions) {
        this.config = config;
        this.scaling = scaling;
        this.rotated = rotated;
        this.positions = positions;
    }

    /** Which part of each head turns: transformers 5 writes it beside the scaling, transformers 4 on its own. */
    static double partOfHead(ConfigValues config, double otherwise) {
        double alone = config.number("partial_rotary_factor", otherwise);
        return new ConfigValues(config.at("rope_parameters")).number("partial_rotary_factor", alone);
    }

    /** @param rotated number of a head's values that turn */
    static Rope read(ConfigValues config, int rotated, int positions, double theta) {
        JsonNode parameters = config.has("rope_parameters") ? config.at("rope_parameters") : config.at("rope_scaling");
        for (JsonNode value : parameters) {
            if (value.isObject()) {
                throw new EngineException(
                        "\"rope_parameters\" in config.json has parameters for each kind of layer, which models of this family don't have.");
            }
        }
        return of(config, parameters, rotated, positions, config.number("rope_theta", theta));
    }

    /** @param parameters JSON object with the type and its parameters; may be missing */
    static Rope of(ConfigValues config, JsonNode parameters, int rotated, int positions, double theta) {
        if (rotated < 1) {
            throw new EngineException(
                    "config.json calls for rotary positions, but leaves no part of a head to rotate.");
        }
        if (parameters.isValueNode() && !parameters.isNull()) {
            throw new EngineException(
                    "\"rope_scaling\" in config.json must be an object with the type of the scaling, but is %s."
                            .formatted(parameters));
        }
        ConfigValues scaling = new ConfigValues(parameters);
        double base = scaling.number("rope_theta", theta);
        if (!(base > 1)) {
            throw new EngineException("\"rope_theta\" in config.json must be above 1, but is %s.".formatted(base));
        }
        return new RopeReader(config, scaling, rotated, positions).read(base);
    }

    private Rope read(double theta) {
        String type = scaling.text("rope_type", scaling.text("type", "default"));
        // the first names that Phi-3 had for it
        if (type.equals("su") || type.equals("yarn") && scaling.has("long_factor")) type = "longrope";
        return switch (type) {
            case "default" -> rope(theta, new Unscaled(), positions, 1);
            case "linear" -> rope(theta, new Linear(factor()), positions, 1);
            case "dynamic" -> rope(theta, new Dynamic(factor()), positions, 1);
            case "llama3" ->
                rope(
                        theta,
                        new Llama3(factor(), required("low_freq_factor"), required("high_freq_factor")),
                        scaling.positive("original_max_position_embeddings"),
                        1);
            case "yarn" -> yarn(theta);
            case "longrope" -> longRope(theta);
            default ->
                throw new EngineException(
                        "The position scaling \"%s\" (rope_scaling in config.json) is not supported; default, linear, dynamic, llama3, yarn and longrope are."
                                .formatted(type));
        };
    }

    private Rope rope(double theta, Scaling kind, int context, double magnitude) {
        return new Rope(rotated, theta, kind, context, magnitude);
    }

    private Rope yarn(double theta) {
        if (rotated % 2 != 0) {
            throw new EngineException(
                    "A yarn scaling needs an even number of values that turn, but config.json leaves %d of each head."
                            .formatted(rotated));
        }
        double factor = factor();
        double mscale = scaling.number("mscale", 0);
        double all = scaling.number("mscale_all_dim", 0);
        double magnitude = mscale != 0 && all != 0
                ? Yarn.magnitude(factor, mscale) / Yarn.magnitude(factor, all)
                : Yarn.magnitude(factor, 1);
        Yarn yarn = new Yarn(
                factor,
                orDefault(scaling.number("beta_fast", 32), 32),
                orDefault(scaling.number("beta_slow", 1), 1),
                scaling.flag("truncate", true));
        int context = scaling.positive("original_max_position_embeddings", positions);
        return rope(theta, yarn, context, scaling.number("attention_factor", magnitude));
    }

    private Rope longRope(double theta) {
        int context = scaling.positive(
                "original_max_position_embeddings", config.positive("original_max_position_embeddings", 0));
        double factor = context > 0 ? (double) positions / context : scaling.number("factor", 1);
        if (context == 0) context = positions;
        double magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(context));
        LongRope kind = new LongRope(factors("short_factor"), factors("long_factor"));
        return rope(theta, kind, context, scaling.number("attention_factor", magnitude));
    }

    private List<Double> factors(String key) {
        JsonNode array = scaling.at(key);
        List<Double> factors = new ArrayList<>();
        array.forEach(value -> factors.add(value.asDouble()));
        if (factors.size() != (rotated + 1) / 2 || factors.stream().anyMatch(f -> !(f > 0))) {
            throw new EngineException("\"%s\" in rope_scaling must be a list of %d positive numbers, but is %s."
                    .formatted(key, (rotated + 1) / 2, array));
        }
        return factors;
    }

    private double factor() {
        double factor = required("factor");
        if (!(factor > 0)) {
            throw new EngineException("\"factor\" in rope_scaling must be above 0, but is %s.".formatted(factor));
        }
        return factor;
    }

    private double required(String key) {
        if (!scaling.has(key)) throw new EngineException("\"%s\" is missing in rope_scaling.".formatted(key));
        return scaling.number(key, 0);
    }

    private static double orDefault(double value, double otherwise) {
        return value == 0 ? otherwise : value;
    }
}

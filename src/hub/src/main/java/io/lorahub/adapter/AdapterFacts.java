package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The facts of a version: the "adapter" object of {@code lorahub inspect --json}. */
public record AdapterFacts(JsonNode json) {

    /** The modules of modules_to_save that differ from the base model's. */
    public static final String REPLACED = "modules_to_save";

    /** The modules of modules_to_save of an adapter whose base model isn't on the hub. */
    public static final String UNCOMPARED = "modules_to_save_not_compared";

    public Optional<String> baseModel() {
        return Optional.ofNullable(json.path("base_model").textValue()).filter(b -> !b.isBlank());
    }

    /** The largest rank; 0 if the files could not be read. */
    public int rank() {
        return ints("ranks").max().orElse(0);
    }

    public List<Integer> ranks() {
        return ints("ranks").boxed().toList();
    }

    /** Last parts of the names of the adapted modules, such as q and v. */
    public List<String> targets() {
        return texts("targets");
    }

    public List<String> dtypes() {
        return texts("dtypes");
    }

    /** Alphas formatted for people: 16, 0.5. */
    public List<String> alphas() {
        return StreamSupport.stream(json.path("alphas").spliterator(), false)
                .map(JsonNode::asDouble)
                .map(a -> a == Math.rint(a) ? Long.toString(a.longValue()) : a.toString())
                .toList();
    }

    /** The modules that it replaces as a whole in the base model (modules_to_save), such as lm_head. */
    public List<String> replacedModules() {
        return texts(REPLACED);
    }

    /** Whether it replaces modules, or has some that couldn't be compared with the base model's. */
    public boolean mayReplaceModules() {
        return !replacedModules().isEmpty() || !texts(UNCOMPARED).isEmpty();
    }

    public int modules() {
        return json.path("modules").asInt();
    }

    /** Number of tensors, A and B of each module. */
    public int tensors() {
        return 2 * modules();
    }

    public long parameters() {
        return json.path("parameters").asLong();
    }

    /** The adapted modules that could be read. */
    public List<Layer> layers() {
        return StreamSupport.stream(json.path("layers").spliterator(), false)
                .map(l -> new Layer(
                        l.path("module").asText(),
                        l.path("rank").asInt(),
                        l.path("norm").asDouble()))
                .toList();
    }

    /** Frobenius norm of all ΔW together. */
    public double norm() {
        return Math.sqrt(layers().stream().mapToDouble(l -> l.norm() * l.norm()).sum());
    }

    private IntStream ints(String key) {
        return StreamSupport.stream(json.path(key).spliterator(), false).mapToInt(JsonNode::asInt);
    }

    private List<String> texts(String key) {
        return StreamSupport.stream(json.path(key).spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}

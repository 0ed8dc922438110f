package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The facts of a version: what {@code lorahub inspect --json} calls "adapter". */
public record AdapterFacts(JsonNode json) {

    public Optional<String> baseModel() {
        return Optional.ofNullable(json.path("base_model").textValue()).filter(b -> !b.isBlank());
    }

    /** The largest; 0 where the files could not be read. */
    public int rank() {
        return ints("ranks").max().orElse(0);
    }

    public List<Integer> ranks() {
        return ints("ranks").boxed().toList();
    }

    /** Last names of the adapted modules, such as q and v. */
    public List<String> targets() {
        return texts("targets");
    }

    public List<String> dtypes() {
        return texts("dtypes");
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

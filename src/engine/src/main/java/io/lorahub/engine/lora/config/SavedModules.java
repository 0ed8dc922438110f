package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The modules in {@code modules_to_save}, which PEFT saves whole. Embeddings and output layers are often listed there
 * although they were not trained.
 */
public final class SavedModules {

    /** Names of embeddings and output layers in all families, as a regular expression. */
    public static final String TABLES = "lm_head|embed_out|shared|embed_tokens|wte|wpe|embed_in";

    private static final Pattern TABLE = Pattern.compile(TABLES);

    private SavedModules() {}

    /**
     * Returns the modules that an adapter's configuration lists if all are embeddings and output layers; else an empty
     * list.
     */
    public static List<String> tables(JsonNode config) {
        List<String> tables = new ArrayList<>();
        JsonNode listed = config.path("modules_to_save");
        if (areTables(listed)) listed.forEach(name -> tables.add(name.textValue()));
        return tables;
    }

    /**
     * Whether PEFT gives the modules that share the embedding's weight the saved one too, and saves it under their names
     * without listing them.
     */
    public static boolean areTied(JsonNode config) {
        return config.path("ensure_weight_tying").asBoolean() && !tables(config).isEmpty();
    }

    /** Whether it lists nothing but embeddings and output layers. */
    static boolean areTables(JsonNode modulesToSave) {
        if (!modulesToSave.isArray()) return false;
        for (JsonNode name : modulesToSave) if (!isTable(name)) return false;
        return true;
    }

    private static boolean isTable(JsonNode name) {
        return name.isTextual() && isTable(name.textValue());
    }

    /** Whether a module is an embedding or an output layer, by its name. */
    public static boolean isTable(String module) {
        return TABLE.matcher(module.substring(module.lastIndexOf('.') + 1)).matches();
    }
}

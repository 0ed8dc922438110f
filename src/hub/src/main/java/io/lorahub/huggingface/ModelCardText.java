package io.lorahub.huggingface;

import io.lorahub.adapter.Adapter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * An adapter's card as the README.md of a model card: metadata in YAML between two lines of ---, followed by Markdown.
 * The keys are those of model cards on the Hugging Face Hub.
 */
public final class ModelCardText {

    public static final String LIBRARY = "peft";

    private static final Set<String> OF_CARDS =
            Set.of("base_model", "library_name", "license", "language", "tags", "widget", "title", "short_description");

    private ModelCardText() {}

    /** The card by itself, by which a change of it is known. */
    public static String of(Adapter adapter) {
        return of(adapter, Map.of());
    }

    /** @param before metadata of the README before; those that a card doesn't have are kept */
    static String of(Adapter adapter, Map<String, Object> before) {
        Map<String, Object> metadata = new LinkedHashMap<>(metadata(adapter));
        before.forEach((name, value) -> {
            if (!OF_CARDS.contains(name)) metadata.put(name, value);
        });
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setAllowUnicode(true);
        StringBuilder text = new StringBuilder("---\n")
                .append(new Yaml(options).dump(metadata))
                .append("---\n\n# ")
                .append(adapter.title)
                .append('\n');
        paragraph(text, "", adapter.summary);
        paragraph(text, "", adapter.description);
        paragraph(text, "## Training data\n\n", adapter.trainingData);
        paragraph(text, "## Intended use\n\n", adapter.intendedUse);
        return text.toString();
    }

    private static void paragraph(StringBuilder text, String heading, String content) {
        if (!content.isBlank())
            text.append('\n').append(heading).append(content.strip()).append('\n');
    }

    /** The metadata, which clients also get on its own. */
    static Map<String, Object> metadata(Adapter adapter) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("base_model", adapter.baseModel);
        metadata.put("library_name", LIBRARY);
        if (adapter.licence != null && !adapter.licence.isEmpty()) metadata.put("license", licence(adapter));
        if (!adapter.languages.isEmpty()) metadata.put("language", List.copyOf(adapter.languages));
        if (!adapter.tags.isEmpty()) metadata.put("tags", List.copyOf(adapter.tags));
        if (!adapter.exampleInput.isEmpty()) {
            metadata.put(
                    "widget",
                    List.of(
                            adapter.exampleOutput.isEmpty()
                                    ? Map.of("text", adapter.exampleInput)
                                    : new LinkedHashMap<>(Map.of(
                                            "text",
                                            adapter.exampleInput,
                                            "output",
                                            Map.of("text", adapter.exampleOutput)))));
        }
        return metadata;
    }

    /** What clients filter by: the tags of the card, and those that follow from its other fields. */
    static List<String> tags(Adapter adapter) {
        List<String> tags = new ArrayList<>(List.of(LIBRARY, "safetensors", "lora"));
        adapter.tags.stream().filter(tag -> !tags.contains(tag)).forEach(tags::add);
        tags.addAll(adapter.languages);
        tags.add("base_model:" + adapter.baseModel);
        tags.add("base_model:adapter:" + adapter.baseModel);
        if (adapter.licence != null && !adapter.licence.isEmpty()) tags.add("license:" + licence(adapter));
        return tags;
    }

    private static String licence(Adapter adapter) {
        return adapter.licence.toLowerCase(Locale.ROOT);
    }
}

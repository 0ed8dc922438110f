package io.lorahub.engine.learning.export;

import io.lorahub.engine.learning.recipe.EngineVersion;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The model card of adapters that were merged by a method other than their sum, as Hugging Face's hubs read it. */
final class MergeReadme {

    static final String FILE = "README.md";

    private static final String MARK = "Merged with LoraHub";

    private MergeReadme() {}

    static String of(List<WeightedAdapter> parts, MergeOperator operator, int rank, String base) {
        return """
                ---
                base_model: "%s"
                library_name: peft
                tags:
                - lora
                - merge
                ---

                # %s

                %s %s by the method `%s` of PEFT's `add_weighted_adapter`%s. The rank is %d.

                | adapter | weight |
                |---|--:|
                %s
                """.formatted(
                        base.replace("\\", "/").replaceAll("[\"\\p{Cntrl}]", ""),
                        "Merge of " + parts.stream().map(MergeReadme::name).collect(Collectors.joining(", ")),
                        MARK,
                        EngineVersion.current(),
                        operator.method(),
                        operator.parameters(),
                        rank,
                        parts.stream()
                                .map(part -> "| %s | %s |".formatted(name(part), part.weight()))
                                .collect(Collectors.joining("\n")));
    }

    /** Without characters that mean something in Markdown or HTML. */
    private static String name(WeightedAdapter part) {
        return part.adapter().name().replaceAll("[^\\p{L}\\p{N} ._/@+-]", "");
    }

    /** Whether a merge wrote this file, so that another one may replace it. */
    static boolean wrote(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.readString(file).contains(MARK);
    }
}

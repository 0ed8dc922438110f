package io.lorahub.composition.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.merge.MergeView;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.prompt.PromptFormat;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The card proposed for a mix before its publisher edits it. */
final class MixCard {

    private static final int SUMMARY = 300;

    private MixCard() {}

    /** @param parts parts of the mix, those that add most to it first */
    static Card of(CompositionRun run, RunResult result, List<MixComponent> parts, MixLicence licence) {
        Example example = run.spec.examples().get(0);
        List<AdapterVersion> versions = run.candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(RunCandidate::version)
                .toList();
        return new Card(
                run.title,
                summary(run),
                description(run, result, parts, replaced(versions, parts)),
                words(versions, parts, adapter -> adapter.tags, Card.MAX_TAGS),
                words(versions, parts, adapter -> adapter.languages, Card.MAX_LANGUAGES),
                licence.id() == null ? "" : licence.id(),
                true,
                (result.isTrained()
                                ? "%d examples determined the weights of existing adapters, and the mix was then trained on them."
                                : "No training: %d examples determined the weights of existing adapters.")
                        .formatted(run.spec.examples().size()),
                "",
                example.input(),
                example.output());
    }

    /** @param parts parts of the merge, those that add most to it first */
    static Card of(MergeView merge, Collection<AdapterVersion> versions, List<MixComponent> parts, MixLicence licence) {
        return new Card(
                title(merge, parts),
                "Combines %d adapters for %s with weights chosen by hand.".formatted(parts.size(), merge.baseModel),
                madeOf(parts) + "\n# How it was made\n\n" + method(merge, replaced(versions, parts)),
                words(versions, parts, adapter -> adapter.tags, Card.MAX_TAGS),
                words(versions, parts, adapter -> adapter.languages, Card.MAX_LANGUAGES),
                licence.id() == null ? "" : licence.id(),
                true,
                "No training: existing adapters were merged with weights chosen by hand.",
                "",
                "",
                "");
    }

    /** Names the parts, unless one of them is not public. */
    private static String title(MergeView merge, List<MixComponent> parts) {
        String title = merge.title();
        return parts.stream().allMatch(part -> part.open) && title.length() <= Card.LONGEST_TITLE
                ? title
                : "Merge of %d adapters".formatted(parts.size());
    }

    /** The operator with its parameters, in Markdown. */
    private static String method(MergeView merge, String replaced) {
        StringBuilder text =
                new StringBuilder("Merged by the method `%s` of PEFT's `add_weighted_adapter`%s. The rank is %d"
                        .formatted(merge.method, merge.parameters, merge.rank));
        if (merge.losslessRank > merge.rank) {
            text.append(
                    ", compressed from %d: %s".formatted(merge.losslessRank, RunFormat.change(merge.relativeError)));
        }
        return text.append(".")
                .append(replaced)
                .append(
                        "\n\nThe weights were chosen by hand. No examples were used, so how good the mix is has not been measured.\n")
                .toString();
    }

    private static String summary(CompositionRun run) {
        String first = run.description.strip().lines().findFirst().orElse("");
        return first.length() <= SUMMARY ? first : first.substring(0, SUMMARY - 1) + "…";
    }

    /** The description in Markdown: the task, the parts with their weights and credits, and how good the mix is. */
    private static String description(CompositionRun run, RunResult result, List<MixComponent> parts, String replaced) {
        StringBuilder text = new StringBuilder();
        if (!run.description.isBlank()) text.append(run.description.strip()).append("\n\n");
        text.append(madeOf(parts));
        text.append("\nThe update is the weighted sum of theirs (%s composition)%s.%s\n\n"
                .formatted(
                        run.spec.composition(),
                        result.isTrained() ? ", trained further on the same examples" : "",
                        replaced));
        text.append(prompt(run.spec)).append("# How good it is\n\n");
        return text.append(naming(run, result.verdict)).append("\n").toString();
    }

    /** A sentence about the modules that one of the parts replaces as a whole, without its name; empty if none does. */
    private static String replaced(Collection<AdapterVersion> versions, List<MixComponent> parts) {
        return versions.stream()
                .filter(version -> parts.stream().anyMatch(part -> part.version == version.id && part.weights.isUsed()))
                .flatMap(version ->
                        version.summary().replacedModules().stream().reduce((a, b) -> a + "`, `" + b).stream())
                .findFirst()
                .map(" It replaces `%s` of the base model as a whole, as one of its parts does."::formatted)
                .orElse("");
    }

    /** The parts in Markdown, folded: the adapter's page lists them too, but they must be credited wherever the card goes. */
    private static String madeOf(List<MixComponent> parts) {
        String rows = parts.stream().map(MixCard::row).collect(Collectors.joining());
        return """
                <details><summary>Made of %d adapters</summary>

                | Adapter | Version | Weight | By | Licence |
                |---|---|---|---|---|
                %s
                </details>
                """.formatted(parts.size(), rows);
    }

    /** How to write inputs for the mix, in Markdown; empty for a base model that has no choice. */
    private static String prompt(RunSpec spec) {
        if (spec.prompt() == null) return "";
        String text = spec.hasOwnPrompt()
                ? "The examples were written in this format:\n\n%s".formatted(indented(spec.prompt()))
                : spec.prompt().equals(PromptFormat.CHAT)
                        ? "The examples were written with the base model's chat template%s."
                                .formatted(spec.system() == null ? ", without a system text" : " and a system text")
                        : "The examples were written without a chat template: the input, one space, the output.";
        String system = spec.system() == null ? "" : "\n\n" + indented(spec.system());
        return "# Prompt format\n\n%s%s\n\n".formatted(text, system);
    }

    /** A code block, in which nothing is Markdown. */
    private static String indented(String text) {
        return text.lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
    }

    /** The verdict without the names of adapters that are not public; it may mention the best single candidate. */
    private static String naming(CompositionRun run, String verdict) {
        String text = verdict;
        for (RunCandidate candidate : run.candidates) {
            if (!candidate.isDeleted() && candidate.version().adapter.isListed()) continue;
            text = text.replaceAll(
                    "(?<![\\w./-])" + Pattern.quote(candidate.address()) + "(?![\\w/-])",
                    "an adapter that is not public");
        }
        return text;
    }

    /**
     * A table row for a part. A part that is not public is not named, because not every reader of the card may see it.
     */
    private static String row(MixComponent part) {
        if (!part.open) {
            return "| An adapter that is not public | – | %s | – | %s |\n".formatted(part.weights.text(), part.licence);
        }
        return "| [%s](/%s) | %s | %s | %s | %s |\n"
                .formatted(part.name, part.address, part.label, part.weights.text(), part.publisher, part.licence);
    }

    /** Words from the parts that aren't slight, those that add most to the mix first. */
    private static List<String> words(
            Collection<AdapterVersion> versions,
            List<MixComponent> parts,
            Function<Adapter, List<String>> of,
            int most) {
        Stream<String> all = PartWeights.main(parts, part -> part.weights).stream()
                .flatMap(part -> versions.stream()
                        .filter(version -> version.id == part.version)
                        .flatMap(version -> of.apply(version.adapter).stream()));
        return all.distinct().limit(most).toList();
    }
}

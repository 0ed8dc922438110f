package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.learning.recipe.WrittenScore;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * An adapter that a command wrote.
 *
 * @param how    it was to be written
 * @param inputs on which it was compared when it was read back, in words
 * @param kept   modules that it replaces as a whole
 * @param training what training it after it was compared did; empty if it was to be written as it is
 * @param score  of the file itself, where it is not the mix
 */
record WrittenAdapter(
        Path folder,
        ExportOptions how,
        ExportReport report,
        String inputs,
        KeptModules kept,
        Optional<Refinement.Training> training,
        Optional<WrittenScore> score) {

    /** What an adapter is compared on without examples. */
    static final String OWN_TEXTS = "short texts that come with LoraHub";

    /** Above this, files are large and some servers refuse the adapter. */
    private static final int LARGE_RANK = 64;

    WrittenAdapter(Path folder, ExportOptions how, ExportReport report, String inputs, KeptModules kept) {
        this(folder, how, report, inputs, kept, Optional.empty(), Optional.empty());
    }

    /** Writes the result of a search, with its recipe. */
    static WrittenAdapter write(
            LearningSession session,
            ExampleSet fewShot,
            LearningSettings settings,
            LearnedMix learned,
            ExportOptions how,
            Path folder,
            SlowWork work) {
        Refinement.Written written = Refinement.writeMix(
                session,
                fewShot,
                settings,
                learned,
                how,
                r -> Recipe.of(session, fewShot.examples(), settings, learned),
                folder,
                Refinement.of(settings)
                        .map(refinement -> progress(work, refinement, fewShot.size()))
                        .orElse((step, loss) -> {}));
        return new WrittenAdapter(
                folder,
                how,
                written.report(),
                "the examples",
                session.kept(learned.vector()),
                written.training(),
                Optional.empty());
    }

    static Refinement.Progress progress(SlowWork work, Refinement refinement, int examples) {
        return (step, loss) -> work.at("refining, step %,d of at most %,d, loss %s"
                .formatted(step, refinement.mostSteps(examples), TextLines.number(loss)));
    }

    boolean isRefined() {
        return training.isPresent();
    }

    /** Whether compression made it differ from the mix. */
    boolean isCompressed() {
        return report.rank() < report.losslessRank();
    }

    /** An adapter that isn't the mix gets its own score, unless the session is cancelled. */
    WrittenAdapter scored(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            int maxNewTokens) {
        if (!isCompressed() && !isRefined()) return this;
        try {
            WrittenScore own = WrittenScore.of(session, folder, kept, fewShot, heldOut, settings, maxNewTokens);
            return new WrittenAdapter(folder, how, report, inputs, kept, training, Optional.of(own));
        } catch (CancellationException e) {
            return this;
        }
    }

    /** What the file itself writes. */
    Predictions predictions(LearningSession session, List<Example> examples, int maxNewTokens) {
        try (LoraAdapter written = LoraAdapter.load("written", folder);
                AdapterBank bank = session.model().bankInPlace(written, kept.in(written))) {
            List<int[]> inputs = session.encode(examples).inputs();
            return new Predictions(
                    examples, session.generation().generate(bank, inputs, new double[] {1}, maxNewTokens));
        }
    }

    /** @param mix the scores of the mix that were printed before */
    void print(PrintWriter out, Optional<Control> mix) {
        print(out);
        if (score.isEmpty() || isRefined()) return;
        String before = mix.map(m -> " The scores above are of the mix before compression: %s."
                        .formatted(words(m.loss(), m.heldOut())))
                .orElse("");
        out.println(TextLines.wrapped("This adapter by itself: %s.%s"
                .formatted(words(score.get().loss(), score.get().heldOut()), before)));
        out.flush();
    }

    private static String words(double loss, Optional<Accuracy> heldOut) {
        String right = heldOut.map(a -> ", %d of %d held-out examples right".formatted(a.right(), a.count()))
                .orElse("");
        return "loss %s on the examples%s".formatted(TextLines.number(loss), right);
    }

    void print(PrintWriter out) {
        out.println(TextLines.wrapped("Written to %s: %s. %s, %d of %d predictions are the same, on %s."
                .formatted(
                        folder,
                        rank(),
                        isRefined()
                                ? "Read back before it was trained for %s"
                                        .formatted(
                                                TextLines.count(training.get().steps(), "step"))
                                : "Read back",
                        report.comparison().equal(),
                        report.comparison().inputs(),
                        inputs)));
        if (!kept.isEmpty()) {
            out.println(TextLines.wrapped("It replaces %s as a whole (modules_to_save), as %s does."
                    .formatted(
                            String.join(", ", kept.modules()),
                            kept.adapter().orElseThrow().name())));
        }
        report.fusedError()
                .ifPresent(lost -> out.println(TextLines.wrapped(
                        "The full model is in %s%s.".formatted(folder.resolve("fused"), rounding(lost)))));
        out.flush();
    }

    private static String rounding(double lost) {
        return lost == 0
                ? ""
                : "; rounding it to the base model's number type loses %s of the mix's change"
                        .formatted(TextLines.percent(lost));
    }

    private String rank() {
        if (isCompressed()) {
            return "%srank %d instead of %d, which changes ΔW by %s%s"
                    .formatted(
                            sum() ? "" : "merged by " + how.operator().method() + ", ",
                            report.rank(),
                            report.losslessRank(),
                            TextLines.percent(report.relativeError()),
                            how.compact() ? "; --lossless keeps it exact" : "");
        }
        String hint = "";
        if (how.rank().orElse(0) > report.rank()) hint = "; the mix has no higher rank";
        else if (report.rank() > LARGE_RANK) hint = "; --max-error or --rank makes it smaller";
        return sum()
                ? "rank %d, lossless%s".formatted(report.rank(), hint)
                : "rank %d, merged by %s%s"
                        .formatted(report.rank(), how.operator().method(), hint);
    }

    private boolean sum() {
        return how.operator().isSum();
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("folder", folder.toString())
                .put("rank", report.rank())
                .put("lossless_rank", report.losslessRank())
                .put("relative_error", report.relativeError())
                .put("predictions_compared", report.comparison().inputs())
                .put("predictions_equal", report.comparison().equal())
                .put("loss_difference", report.comparison().lossDifference());
        if (!kept.isEmpty()) json.set("modules_to_save", Recipe.replaced(kept));
        report.fusedError().ifPresent(lost -> json.put("fused_rounding_error", lost));
        training.ifPresent(made -> json.put("refine_steps", made.steps()));
        score.ifPresent(own -> {
            json.put("loss", own.loss());
            own.heldOut().ifPresent(a -> ComposeResult.accuracy(json, a));
        });
        return json;
    }
}

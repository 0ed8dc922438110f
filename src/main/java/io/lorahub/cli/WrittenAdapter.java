package io.lorahub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.ExportOptions;
import io.lorahub.engine.learning.ExportReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An adapter that a command wrote.
 *
 * @param how    it was to be written
 * @param inputs on which it was compared when it was read back, in words
 */
record WrittenAdapter(Path folder, ExportOptions how, ExportReport report, String inputs) {

    void print(PrintWriter out) {
        out.println(Lines.wrapped("Written to %s: %s. Read back, %d of %d predictions are the same, on %s."
                .formatted(folder, rank(), report.equal(), report.compared(), inputs)));
        report.fusedError()
                .ifPresent(lost -> out.println(Lines.wrapped(
                        "The full model is in %s%s.".formatted(folder.resolve("fused"), rounding(lost)))));
        out.flush();
    }

    private static String rounding(double lost) {
        return lost == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; rounding it to the base model's number type loses %.2g %% of the mix's change",
                        100 * lost);
    }

    private String rank() {
        if (report.rank() < report.losslessRank()) {
            return String.format(
                    Locale.ROOT,
                    "rank %d instead of %d, which changes ΔW by %.2g %%",
                    report.rank(),
                    report.losslessRank(),
                    100 * report.relativeError());
        }
        boolean moreAsked = how.rank().orElse(0) > report.rank();
        return "rank %d, lossless%s".formatted(report.rank(), moreAsked ? "; it has no more than that" : "");
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("folder", folder.toString())
                .put("rank", report.rank())
                .put("lossless_rank", report.losslessRank())
                .put("relative_error", report.relativeError())
                .put("predictions_compared", report.compared())
                .put("predictions_equal", report.equal())
                .put("loss_difference", report.lossDifference());
        report.fusedError().ifPresent(lost -> json.put("fused_rounding_error", lost));
        return json;
    }
}

package io.lorahub.composition;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** A run's log as a table: one row for each evaluation, one column for each weight. */
final class RunCsv {

    private RunCsv() {}

    static String of(CompositionRun run) {
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, CSVFormat.RFC4180)) {
            List<Object> header = new ArrayList<>(List.of("evaluation", "cost", "objective", "loss", "seconds", "at"));
            run.candidates.forEach(c -> header.add(c.address()));
            csv.printRecord(header);
            for (RunEvaluation e : RunEvaluation.of(run.id, 0)) {
                List<Object> row =
                        new ArrayList<>(List.of(e.id.number(), e.cost, e.objective, e.loss, e.seconds, e.at));
                for (double weight : e.weights) row.add(weight);
                csv.printRecord(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}

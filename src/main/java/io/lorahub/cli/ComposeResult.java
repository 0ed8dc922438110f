package io.lorahub.cli;

import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExportReport;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.Report;
import io.lorahub.engine.learning.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All that compose has to say.
 *
 * @param report  empty where an interrupted run has no time for it
 * @param folder  that the adapter was written to
 * @param written about the written adapter
 */
record ComposeResult(
        Optional<DemoTask> task,
        List<Example> fewShot,
        Settings settings,
        Learned learned,
        Optional<Report> report,
        Optional<Path> folder,
        Optional<ExportReport> written) {

    String verdict() {
        String interrupted =
                "Interrupted after %d of %d evaluations. ".formatted(learned.evaluations(), settings.budget());
        return (learned.interrupted() ? interrupted : "")
                + report.map(Report::verdict).orElse("The controls were not evaluated.");
    }
}

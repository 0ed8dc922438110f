package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.ObjectiveCommand;
import io.lorahub.engine.learning.Objectives;
import java.util.Iterator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a mix is scored by. */
public final class ObjectiveOptions {

    @Option(
            names = "--objective",
            paramLabel = "OBJECTIVE",
            defaultValue = "loss",
            completionCandidates = Names.class,
            description = "What to minimise: loss (default), reference (the published program's), exact-match,"
                    + " similarity, or a class of your own on the CLASSPATH.")
    private String objective;

    @Option(
            names = "--objective-command",
            paramLabel = "COMMAND",
            description = "Minimise what this shell command says: it reads a JSON line for each example (input, output,"
                    + " prediction, loss) and writes a number for each, or one for all.")
    private String objectiveCommand;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Batch size of the objective reference (default: all examples).")
    private int batchSize;

    @Option(
            names = "--l1",
            paramLabel = "STRENGTH",
            defaultValue = "0.05",
            description = "Strength of the regularisation, times the mean of |w| (default 0.05).")
    private double l1;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public LearningSettings settings(LearningSettings others) {
        if (objectiveCommand != null && command.commandLine().getParseResult().hasMatchedOption("--objective")) {
            throw UsageErrors.wrong(command, "Give --objective or --objective-command, not both.");
        }
        return UsageErrors.checked(command, () -> {
            String goal = objectiveCommand == null ? objective : ObjectiveCommand.PREFIX + objectiveCommand;
            Objectives.named(goal, batchSize);
            return others.withObjective(goal, batchSize).withL1(l1);
        });
    }

    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Objectives.NAMES.iterator();
        }
    }
}

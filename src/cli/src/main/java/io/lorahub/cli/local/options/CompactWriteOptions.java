package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.export.ExportOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where and how to write what a search found: by default at the smallest rank that does the same. */
public final class CompactWriteOptions extends WriteOptions {

    @Option(
            names = "--lossless",
            description =
                    "Write the exact sum of the adapters, whatever its rank. Default: if its rank is higher than each"
                            + " adapter's, the smallest rank that changes it by at most 0.5 %%, unless that changes a prediction on"
                            + " the examples.")
    private boolean lossless;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Override
    public Optional<Path> folder() {
        Optional<Path> folder = super.folder();
        if (lossless && folder.isEmpty()) throw UsageErrors.wrong(command, "--lossless only works with --out.");
        return folder;
    }

    @Override
    public ExportOptions how() {
        if (lossless && compresses()) {
            throw UsageErrors.wrong(command, "Give --lossless, or --rank or --max-error, not both.");
        }
        ExportOptions how = super.how();
        return lossless || compresses() ? how : ExportOptions.compact(how.fused(), how.overwrite());
    }
}

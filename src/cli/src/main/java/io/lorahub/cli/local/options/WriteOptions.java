package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.export.ExportOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where and how to write the mix as an adapter. */
public class WriteOptions extends FolderOptions {

    @Option(names = "--rank", paramLabel = "N", description = "Compress it to this rank.")
    private Integer rank;

    @Option(
            names = "--max-error",
            paramLabel = "SHARE",
            description = "Compress it to the smallest rank within this relative error, such as 0.01.")
    private Double maxError;

    @Option(names = "--fused", description = "Also write the full model with the mix added, to DIR/fused.")
    private boolean fused;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Override
    public Optional<Path> folder() {
        Optional<Path> folder = super.folder();
        if (folder.isEmpty() && (compresses() || fused || overwrite())) {
            throw UsageErrors.wrong(command, "--rank, --max-error, --fused and --overwrite only work with --out.");
        }
        return folder;
    }

    final boolean compresses() {
        return rank != null || maxError != null;
    }

    /** Lossless unless compression was asked for. */
    public ExportOptions how() {
        return UsageErrors.checked(
                command,
                () -> new ExportOptions(
                        rank == null ? OptionalInt.empty() : OptionalInt.of(rank),
                        maxError == null ? OptionalDouble.empty() : OptionalDouble.of(maxError),
                        fused,
                        overwrite()));
    }
}

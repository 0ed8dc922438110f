package io.lorahub.cli.local.options;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Files of examples. */
public final class ExampleOptions {

    @Option(
            names = "--examples",
            paramLabel = "FILE",
            description = {
                "Examples as JSONL, JSON, CSV or TSV, with input and output (or context and completion);",
                "- reads them from standard input."
            })
    private Path examples;

    public Optional<Path> examples() {
        return Optional.ofNullable(examples);
    }
}

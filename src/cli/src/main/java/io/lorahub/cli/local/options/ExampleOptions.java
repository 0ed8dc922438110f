package io.lorahub.cli.local.options;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Files of examples. */
public class ExampleOptions {

    @Option(
            names = "--examples",
            paramLabel = "FILE",
            description = {
                "Examples as JSONL, JSON, CSV or TSV, with input and output (or context and completion);",
                "- reads them from standard input."
            })
    private Path examples;

    public final Optional<Path> examples() {
        return Optional.ofNullable(examples);
    }
}

package io.lorahub.cli;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.InspectionJson;
import io.lorahub.engine.lora.CheckFinding.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = {"Says what an adapter or a base model is, with all its faults and how to mend them.", ""},
        footer = {"", "lorahub inspect DIR", "lorahub inspect adapter.zip --base DIR --json"})
final class InspectCommand implements Callable<Integer> {

    private static final String NO_BASE = "Needs --base, the base model to compare with.";

    @Parameters(
            paramLabel = "PATH",
            description = "A folder, a zip, or one of the files of an adapter or a base model.")
    private Path path;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description =
                    "A base model that the adapter should fit: its folder, or its name in the Hugging Face cache.")
    private String base;

    @Option(names = "--strict", description = "Count warnings as faults.")
    private boolean strict;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (!Files.exists(path)) throw new EngineException("There is no %s.".formatted(path));
        Inspection inspection = base == null ? Inspection.of(path) : Inspection.of(path, BaseModelResolver.find(base));
        String whyNoBase = base == null ? NO_BASE : "";
        boolean warned = inspection.findings().stream().anyMatch(f -> f.severity() == Severity.WARNING);
        boolean sound = inspection.sound() && !(strict && warned);
        if (output.json()) {
            output.print(InspectionJson.of(inspection, sound, whyNoBase));
        } else {
            new InspectionText(output.out(), output.style()).print(inspection, whyNoBase);
        }
        return sound ? ExitCode.OK : ExitCode.FINDINGS;
    }
}

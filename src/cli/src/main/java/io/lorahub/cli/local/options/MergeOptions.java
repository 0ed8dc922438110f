package io.lorahub.cli.local.options;

import io.lorahub.cli.terminal.DecimalNumber;
import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.model.ComposedWeights;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How adapters become one: PEFT's combination types and their parameters. */
public final class MergeOptions {

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            converter = EnumWords.MergeMethods.class,
            completionCandidates = EnumWords.MergeMethods.class,
            description = "How adapters are merged, as PEFT's add_weighted_adapter does it: cat (default; their"
                    + " exact sum), linear, svd, ties, dare_linear, dare_ties, magnitude_prune, or one of the last four"
                    + " with _svd, which works on the products of the factors. svd and those with _svd cut the result to --rank; default: the"
                    + " largest rank of the adapters.")
    private MergeMethod method;

    @Option(
            names = "--density",
            paramLabel = "SHARE",
            converter = DecimalNumber.class,
            description = "Share of elements to keep, such as 0.5, for ties, dare and magnitude_prune.")
    private Double density;

    @Option(
            names = "--majority-sign-method",
            paramLabel = "HOW",
            converter = EnumWords.MajoritySigns.class,
            completionCandidates = EnumWords.MajoritySigns.class,
            description = "How the methods with ties elect a sign: total (default) or frequency.")
    private MajoritySign sign;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the masks of dare (default 42).")
    private Long seed;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public MergeOperator operator(ComposedWeights composition) {
        if (method != null && composition != ComposedWeights.EXACT) {
            throw UsageErrors.wrong(
                    command, "--composition factor is a method of its own; leave it out, or leave out --method.");
        }
        return UsageErrors.checked(
                command,
                () -> new MergeOperator(
                        method == null ? MergeMethod.CAT : method,
                        density == null ? OptionalDouble.empty() : OptionalDouble.of(density),
                        Optional.ofNullable(sign),
                        seed == null ? OptionalLong.empty() : OptionalLong.of(seed)));
    }
}

package io.lorahub.engine.lora.merge;

import io.lorahub.engine.error.EngineException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A method with its parameters. Those that the method doesn't use must be empty.
 *
 * @param density share of the elements of each tensor that are kept, above 0 and at most 1
 * @param sign    how signs are elected; empty: by total
 * @param seed    of the random masks; empty: 42
 */
public record MergeOperator(
        MergeMethod method, OptionalDouble density, Optional<MajoritySign> sign, OptionalLong seed) {

    /** The exact sum, lossless. */
    public static final MergeOperator CAT = of(MergeMethod.CAT);

    private static final long DEFAULT_SEED = 42;

    /** Throws EngineException for a parameter that is missing, out of range or not used. */
    public MergeOperator {
        if (method.prunes() && density.isEmpty()) {
            throw new EngineException(
                    "The method %s needs the density, the share of elements to keep, such as 0.5.".formatted(method));
        }
        if (!method.prunes() && density.isPresent()) {
            throw unused(method, "density", Arrays.stream(MergeMethod.values()).filter(MergeMethod::prunes));
        }
        if (density.isPresent() && !(density.getAsDouble() > 0 && density.getAsDouble() <= 1)) {
            throw new EngineException("The density is the share of elements to keep, above 0 and at most 1, but is %s."
                    .formatted(density.getAsDouble()));
        }
        if (sign.isPresent() && !method.electsSigns()) {
            throw unused(
                    method,
                    "majority sign method",
                    Arrays.stream(MergeMethod.values()).filter(MergeMethod::electsSigns));
        }
        if (seed.isPresent() && !method.isRandom()) {
            throw unused(method, "seed", Arrays.stream(MergeMethod.values()).filter(MergeMethod::isRandom));
        }
    }

    /** A method without parameters. */
    public static MergeOperator of(MergeMethod method) {
        return new MergeOperator(method, OptionalDouble.empty(), Optional.empty(), OptionalLong.empty());
    }

    private static EngineException unused(MergeMethod method, String parameter, Stream<MergeMethod> users) {
        return new EngineException("The method %s uses no %s; leave it out, or use one of %s."
                .formatted(method, parameter, users.map(MergeMethod::toString).collect(Collectors.joining(", "))));
    }

    /** Whether the result is Σ wᵢ·ΔWᵢ, maybe cut to a rank. */
    public boolean isSum() {
        return method == MergeMethod.CAT || method == MergeMethod.SVD;
    }

    /** The parameters that determine the result, such as ", density 0.5, majority sign method total"; empty if none. */
    public String parameters() {
        StringBuilder words = new StringBuilder();
        density.ifPresent(d -> words.append(", density ").append(d));
        election().ifPresent(s -> words.append(", majority sign method ").append(s));
        usedSeed()
                .ifPresent(s ->
                        words.append(", random masks of LoraHub with the seed ").append(s));
        return words.toString();
    }

    /** 1, which keeps everything, if the method doesn't prune. */
    double kept() {
        return density.orElse(1);
    }

    /** Empty if the method doesn't elect signs. */
    public Optional<MajoritySign> election() {
        return method.electsSigns() ? sign.or(() -> Optional.of(MajoritySign.TOTAL)) : Optional.empty();
    }

    /** Empty if the method isn't random. */
    public OptionalLong usedSeed() {
        return method.isRandom() ? OptionalLong.of(seed.orElse(DEFAULT_SEED)) : OptionalLong.empty();
    }
}

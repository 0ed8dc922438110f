package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.names.EnumNames;
import java.util.Arrays;
import java.util.Set;

/** The checks of an adapter, in the order in which they are reported. The code of a finding determines its check. */
public enum Check {
    FILES(
            "Configuration and weights are there",
            Need.NOTHING,
            "config-missing",
            "weights-missing",
            "unreadable",
            "nothing-to-inspect"),
    HEADER("Header and offsets of the weights file", Need.FILES, "weights-unreadable", "tensor-unreadable"),
    EXECUTABLE("No executable content", Need.FILES, "executable-content"),
    CONFIG(
            "The configuration can be read",
            Need.CONFIG,
            "config-unreadable",
            "config-type",
            "config-key-unknown",
            "pattern-unusable",
            "too-many-patterns",
            "rank-not-positive",
            "fan-in-fan-out"),
    /** Also covers all findings that no other check claims, because a configuration can request many features. */
    SUPPORTED(
            "Plain LoRA, which can be composed",
            Need.CONFIG,
            "not-lora",
            "too-many-modules",
            "foreign-tensor",
            "base-copy",
            "saved-module-missing",
            "saved-module-trained",
            "initialisation-unknown"),
    TYPES("Types of the tensors", Need.TENSORS, "dtype-not-real"),
    PAIRS(
            "A and B come in pairs",
            Need.TENSORS,
            "no-lora-tensors",
            "partner-missing",
            "two-kinds-of-factors",
            "two-adapters",
            "bias-missing",
            "bias-not-announced"),
    RANKS(
            "Ranks and scales agree with the configuration",
            Need.TENSORS,
            "rank-mismatch",
            "ranks-differ",
            "not-a-matrix",
            "bias-shape",
            "alpha-zero"),
    TARGETS(
            "Tensors agree with target_modules",
            Need.TENSORS,
            "targets-missing",
            "not-targeted",
            "target-without-tensors"),
    NUMBERS("No NaN and no infinity", Need.TENSORS, "not-finite"),
    TRAINED("Every module is trained", Need.TENSORS, "untrained", "shared-embedding-idle"),
    BASE_MODULES(
            "Modules exist in the base model",
            Need.BASE,
            "module-not-in-base",
            "targeted-without-tensors",
            "base-copy-differs"),
    BASE_SHAPES("Shapes fit the base model", Need.BASE, "base-shape");

    /** The input that must be readable before a check can give a result. */
    enum Need {
        NOTHING,
        FILES,
        CONFIG,
        TENSORS,
        BASE
    }

    private final String title;
    private final Need need;
    private final Set<String> codes;

    Check(String title, Need need, String... codes) {
        this.title = title;
        this.need = need;
        this.codes = Set.of(codes);
    }

    /** Returns the check that a finding belongs to. */
    public static Check of(CheckFinding finding) {
        String code = finding.code().equals(FindingCollector.MORE) ? finding.subject() : finding.code();
        return Arrays.stream(values())
                .filter(c -> c.codes.contains(code))
                .findFirst()
                .orElse(code.startsWith(Inspection.OF_BASE) ? BASE_MODULES : SUPPORTED);
    }

    /** Stable name for programs. */
    public String id() {
        return EnumNames.of(this);
    }

    public String title() {
        return title;
    }

    Need need() {
        return need;
    }
}

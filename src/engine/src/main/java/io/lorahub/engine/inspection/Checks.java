package io.lorahub.engine.inspection;

import io.lorahub.engine.inspection.Check.Need;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Presents an adapter's inspection as a list of checks with their states, so that passed checks are shown too. */
public final class Checks {

    private static final Set<String> NO_FILES =
            Set.of("config-missing", "weights-missing", "unreadable", "nothing-to-inspect");
    /** Codes that begin like those of findings about the base model. */
    private static final Set<String> OF_ADAPTER = Set.of("base-shape", "base-copy", "base-copy-differs");

    private static final Set<String> NO_CONFIG =
            Set.of("config-missing", "config-unreadable", "unreadable", "nothing-to-inspect");
    private static final Set<String> NO_WEIGHTS = Set.of("weights-unreadable", "executable-content");

    private static final String NOT_LORA = "not-lora";

    private static final String NO_BASE = "Needs a base model that can be read.";

    private Checks() {}

    /** @param whyNoBase note for the checks that need a base model; empty if the adapter was compared with one */
    public static List<CheckResult> of(Inspection inspection, String whyNoBase) {
        Map<Check, List<CheckFinding>> byCheck =
                inspection.findings().stream().collect(Collectors.groupingBy(Check::of));
        Set<Need> met = met(inspection, whyNoBase.isEmpty());
        return Arrays.stream(Check.values())
                .map(c -> result(c, byCheck.getOrDefault(c, List.of()), met, whyNoBase))
                .toList();
    }

    private static CheckResult result(Check check, List<CheckFinding> findings, Set<Need> met, String whyNoBase) {
        if (findings.isEmpty() && !met.contains(check.need())) {
            boolean onlyBase = check.need() == Need.BASE && met.contains(Need.TENSORS);
            String note = onlyBase ? whyNoBase.isEmpty() ? NO_BASE : whyNoBase : why(met);
            return CheckResult.skipped(check.id(), check.title(), note);
        }
        return CheckResult.of(check.id(), check.title(), findings);
    }

    private static String why(Set<Need> met) {
        if (!met.contains(Need.CONFIG)) return "Needs a configuration that can be read, beside the weights.";
        return met.contains(Need.FILES) ? "Needs LoRA factors." : "Needs weights that can be read.";
    }

    private static Set<Need> met(Inspection inspection, boolean withBase) {
        Set<String> codes =
                inspection.findings().stream().map(CheckFinding::code).collect(Collectors.toSet());
        Set<Need> met = EnumSet.of(Need.NOTHING);
        if (!holdsAny(codes, NO_CONFIG)) met.add(Need.CONFIG);
        if (!holdsAny(codes, NO_FILES) && !holdsAny(codes, NO_WEIGHTS)) met.add(Need.FILES);
        boolean anotherKind = codes.contains(NOT_LORA) && inspection.adapter().isEmpty();
        if (met.contains(Need.CONFIG) && met.contains(Need.FILES) && !anotherKind) met.add(Need.TENSORS);
        boolean baseReadable =
                codes.stream().noneMatch(c -> c.startsWith(Inspection.OF_BASE) && !OF_ADAPTER.contains(c));
        if (met.contains(Need.TENSORS) && withBase && baseReadable) met.add(Need.BASE);
        return met;
    }

    private static boolean holdsAny(Set<String> codes, Set<String> some) {
        return some.stream().anyMatch(codes::contains);
    }
}

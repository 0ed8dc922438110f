package io.lorahub.uploadcheck;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares saved copies of base model weights with the registered base model. The process that reads the adapter knows
 * only the base model's shapes, so it sends hashes.
 */
final class BaseCopyCheck {

    private static final String ID = "base-copies";
    private static final String TITLE = "Weights saved beside the factors";

    private BaseCopyCheck() {}

    /**
     * Adds the check, and the names of the modules that were trained, to the report; nothing if the adapter has no such
     * copies.
     *
     * @param report of the other checks
     * @param copies hashes by tensor name
     */
    static CheckReport added(
            CheckReport report,
            SortedMap<String, BaseCopies.Hash> copies,
            BaseModelCheck base,
            BaseModelHeaders models) {
        if (copies.isEmpty()) return report;
        if (base.shapes().isEmpty()) {
            return report.and(List.of(CheckResult.skipped(ID, TITLE, base.whyNoBase())))
                    .with(
                            AdapterFacts.UNCOMPARED,
                            modules(copies.keySet().stream()
                                    .filter(name -> copies.get(name).saved())));
        }
        Set<String> reported = report.checks().stream()
                .flatMap(check -> check.findings().stream())
                .filter(CheckFinding::isError)
                .map(CheckFinding::subject)
                .collect(Collectors.toSet());
        List<CheckFinding> findings = new ArrayList<>();
        for (Map.Entry<String, BaseCopies.Hash> copy : copies.entrySet()) {
            if (reported.contains(copy.getKey())) continue;
            String original = BaseCopies.original(copy.getKey(), base.shapes().get());
            findings.add(BaseCopies.finding(
                    copy.getKey(),
                    original,
                    isEqual(copy.getValue(), original, base.name(), models),
                    copy.getValue().saved()));
        }
        if (findings.isEmpty()) return report;
        return withoutForecasts(report, findings)
                .and(List.of(CheckResult.of(ID, TITLE, findings)))
                .with(
                        AdapterFacts.REPLACED,
                        modules(findings.stream()
                                .filter(finding -> finding.code().equals(BaseCopies.TRAINED))
                                .map(CheckFinding::subject)));
    }

    /** Without the remarks of what a copy would mean, for the copies that were compared. */
    private static CheckReport withoutForecasts(CheckReport report, List<CheckFinding> compared) {
        Set<String> subjects = compared.stream().map(CheckFinding::subject).collect(Collectors.toSet());
        return report.withoutFindings(
                finding -> finding.code().equals(BaseCopies.CODE) && subjects.contains(finding.subject()));
    }

    private static List<String> modules(Stream<String> tensors) {
        return tensors.map(BaseCopies::module).distinct().sorted().toList();
    }

    private static boolean isEqual(
            BaseCopies.Hash copy, String original, Optional<String> base, BaseModelHeaders models) {
        return copy.dtype().isFloat()
                && base.flatMap(name -> models.sha256(name, original, copy.dtype()))
                        .filter(copy.sha256()::equals)
                        .isPresent();
    }
}

package io.lorahub.adapter.fingerprint;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.fingerprint.Duplicates.Twin;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.CheckFinding;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The checks for duplicates. They name only adapters that the member can see: public ones and the member's
 * own.
 */
@ApplicationScoped
public class DuplicateCheck {

    static final String EXACT = "exact-duplicate";
    static final String NEAR = "near-duplicate";

    private static final String EXACT_TITLE = "Exact copies of published weights";
    private static final String NEAR_TITLE = "Comparison with published adapters";

    private static final Set<String> CODES =
            Set.of("taken-down", "published-by-others", "published-before", "near-duplicate");

    private final Duplicates duplicates;

    DuplicateCheck(Duplicates duplicates) {
        this.duplicates = duplicates;
    }

    /** The address, {@code publisher/name}, of the adapter that a finding of this check is about. */
    public static Optional<String> named(CheckFinding finding) {
        return CODES.contains(finding.code()) ? Optional.of(finding.subject()) : Optional.empty();
    }

    public static List<CheckResult> pending() {
        return List.of(CheckResult.pending(EXACT, EXACT_TITLE), CheckResult.pending(NEAR, NEAR_TITLE));
    }

    /**
     * @param sha256 of the weights; empty if there are none
     * @param similar weights found by {@link FingerprintIndex#near}; empty if these weights cannot be used
     * @param own publishers of which the member is part
     * @param target the adapter that gets a new version
     * @param parts versions that it declares as its parts, whose similarity is expected
     */
    @Transactional
    public List<CheckResult> check(
            Optional<String> sha256,
            Optional<List<FingerprintIndex.Similar>> similar,
            Collection<Publisher> own,
            Optional<Adapter> target,
            Collection<AdapterVersion> parts) {
        Set<Long> known = parts.stream().map(part -> part.adapter.id).collect(Collectors.toSet());
        Set<Long> mine = own.stream().map(p -> p.id).collect(Collectors.toSet());
        if (sha256.isEmpty()) {
            return List.of(
                    CheckResult.skipped(EXACT, EXACT_TITLE, "Needs the weights."),
                    CheckResult.skipped(NEAR, NEAR_TITLE, "Needs the weights."));
        }
        List<CheckFinding> exact = exact(duplicates.withWeights(sha256.get()), mine, target);
        if (!mine.isEmpty()) {
            duplicates
                    .takenDown(sha256.get(), mine)
                    .ifPresent(address -> exact.add(CheckFinding.error(
                            "taken-down-before",
                            address,
                            "Moderators took these weights down as %s, which was deleted since.".formatted(address),
                            "They can't be published again.")));
        }
        CheckResult near = similar.map(weights ->
                        CheckResult.of(NEAR, NEAR_TITLE, near(unknown(duplicates.twins(weights), known), mine, target)))
                .orElseGet(() -> CheckResult.skipped(NEAR, NEAR_TITLE, "Fix the failed checks first."));
        return List.of(CheckResult.of(EXACT, EXACT_TITLE, exact), near);
    }

    private static List<Twin> unknown(List<Twin> twins, Set<Long> known) {
        return twins.stream()
                .filter(twin -> !known.contains(twin.version().adapter.id))
                .toList();
    }

    private static List<CheckFinding> exact(List<AdapterVersion> versions, Set<Long> mine, Optional<Adapter> target) {
        List<CheckFinding> findings = new ArrayList<>();
        versions.stream()
                .filter(v -> mine.contains(v.adapter.publisher.id) && v.adapter.state == AdapterState.TAKEN_DOWN)
                .findFirst()
                .ifPresent(v -> findings.add(CheckFinding.error(
                        "taken-down",
                        v.adapter.address(),
                        "Moderators took these weights down as %s.".formatted(v.adapter.address()),
                        "They can't be published again unless an appeal on its page succeeds.")));
        versions.stream()
                .filter(v -> !mine.contains(v.adapter.publisher.id) && v.adapter.isListed())
                .findFirst()
                .ifPresent(v -> findings.add(CheckFinding.warning(
                        "published-by-others",
                        v.adapter.address(),
                        "These weights are published as %s %s, byte for byte.".formatted(v.adapter.address(), v.label),
                        "You can publish them again only as private or unlisted. If they were"
                                + " copied from you, report that adapter.")));
        versions.stream()
                .filter(v -> mine.contains(v.adapter.publisher.id) && v.adapter.state != AdapterState.TAKEN_DOWN)
                .findFirst()
                .ifPresent(v -> findings.add(ownTwin(v, target)));
        return findings;
    }

    private static CheckFinding ownTwin(AdapterVersion v, Optional<Adapter> target) {
        boolean same = target.map(t -> t.id.equals(v.adapter.id)).orElse(false);
        return CheckFinding.warning(
                "published-before",
                v.adapter.address(),
                "You have published these weights as %s %s.".formatted(v.adapter.address(), v.label),
                same
                        ? "To change the card, edit the adapter; it needs no new version."
                        : "To change its card, edit that adapter. Publish this one only if you want both.");
    }

    private static List<CheckFinding> near(List<Twin> twins, Set<Long> mine, Optional<Adapter> target) {
        return twins.stream()
                .filter(t -> mine.contains(t.version().adapter.publisher.id)
                        || t.version().adapter.isListed())
                .filter(t ->
                        target.map(a -> !a.id.equals(t.version().adapter.id)).orElse(true))
                .findFirst()
                .map(t -> CheckFinding.warning(
                        "near-duplicate",
                        t.version().adapter.address(),
                        "It changes the model in the same way as %s %s (%s alike)."
                                .formatted(t.version().adapter.address(), t.version().label, percent(t.similarity())),
                        "If it was made from that adapter, say so in the description and follow its licence."))
                .stream()
                .toList();
    }

    private static String percent(double similarity) {
        return String.format(Locale.ROOT, "%.0f\u00a0%%", 100 * similarity);
    }
}

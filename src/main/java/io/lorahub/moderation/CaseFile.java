package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All that a moderator needs to decide about an adapter.
 *
 * @param since      when the longest waiting of it arose; null where nothing waits
 * @param newest     its newest version
 * @param lookalikes older adapters of other publishers with nearly the same update
 * @param lostParts  taken-down adapters that it was composed of and that the viewer may see
 * @param hiddenParts how many others of them there are
 * @param actions    those allowed now
 */
public record CaseFile(
        Adapter adapter,
        Instant since,
        AdapterVersion newest,
        List<Report> reports,
        Optional<Appeal> appeal,
        List<Lookalike> lookalikes,
        List<Adapter> lostParts,
        long hiddenParts,
        List<ModerationDecision> history,
        List<ModerationAction> actions) {

    /** @param similarity of ΔW, 1 for the same */
    public record Lookalike(AdapterVersion own, AdapterVersion other, double similarity) {}

    /** @param maySee what the viewer may see */
    static CaseFile of(Adapter adapter, Instant since, Predicate<Adapter> maySee) {
        List<Adapter> lost = CaseEvidence.lostParts(adapter);
        List<Adapter> seen = lost.stream().filter(maySee).toList();
        return new CaseFile(
                adapter,
                since,
                adapter.newest(),
                Report.openOn(adapter),
                Appeal.openOn(adapter),
                CaseEvidence.lookalikes(adapter),
                seen,
                lost.size() - seen.size(),
                ModerationDecision.on(adapter),
                ModerationAction.in(adapter.state));
    }

    /** Of the field for the reason: a page shows several cases. */
    public String reasonId() {
        return "reason-" + adapter.id;
    }

    /** What is the matter, in one word for the badge. */
    public String matter() {
        if (appeal.isPresent()) return "Appealed";
        if (!reports.isEmpty()) return "Reported";
        if (!lookalikes.isEmpty()) return "Near duplicate";
        return lostParts.isEmpty() && hiddenParts == 0 ? "Nothing waits" : "Made of a taken-down part";
    }
}

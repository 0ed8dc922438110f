package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The information that a moderator needs to decide about an adapter.
 *
 * @param since       when its oldest open matter arose; null if nothing is open
 * @param newest      its newest version
 * @param lookalikes  older adapters of other publishers with nearly the same update
 * @param lostParts   taken-down adapters of which it was composed and that the viewer can see
 * @param hiddenParts number of further ones that the viewer cannot see
 * @param actions     actions currently allowed
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

    /** @param similarity similarity of ΔW; 1 for identical updates */
    public record Lookalike(AdapterVersion own, AdapterVersion other, double similarity) {}

    /** @param maySee whether the viewer can see an adapter */
    static CaseFile of(Adapter adapter, Instant since, Predicate<Adapter> maySee) {
        List<Adapter> lost = lostParts(adapter);
        List<Adapter> seen = lost.stream().filter(maySee).toList();
        return new CaseFile(
                adapter,
                since,
                adapter.newest(),
                Report.openOn(adapter),
                Appeal.openOn(adapter),
                lookalikes(adapter),
                seen,
                lost.size() - seen.size(),
                ModerationDecision.on(adapter),
                ModerationAction.in(adapter.state));
    }

    /** Id of the reason field, because a page can show several cases. */
    public String reasonId() {
        return "reason-" + adapter.id;
    }

    /** The case in one word, for the badge. */
    public String matter() {
        if (appeal.isPresent()) return "Appealed";
        if (!reports.isEmpty()) return "Reported";
        if (!lookalikes.isEmpty()) return "Near duplicate";
        return isMadeOfTakenDown() ? "Made of a taken-down part" : "Nothing open";
    }

    /** Whether it waits for a decision. */
    public boolean isOpen() {
        return appeal.isPresent() || !reports.isEmpty() || !lookalikes.isEmpty() || isMadeOfTakenDown();
    }

    private boolean isMadeOfTakenDown() {
        return !lostParts.isEmpty() || hiddenParts > 0;
    }

    /**
     * Public lookalikes of other publishers, because hidden adapters of others must not serve as evidence; most similar
     * first.
     */
    private static List<Lookalike> lookalikes(Adapter adapter) {
        @SuppressWarnings("unchecked")
        List<Object[]> rows = database()
                .createNativeQuery("""
                        select n.version_id, n.other_id, n.similarity from near_duplicate n
                          join adapter_version v on v.id = n.version_id
                          join adapter_version o on o.id = n.other_id
                          join adapter b on b.id = o.adapter_id
                        where v.adapter_id = ?1 and b.publisher_id <> ?2 and b.visibility = 'PUBLIC'
                        order by n.similarity desc, n.other_id limit 5""", Object[].class)
                .setParameter(1, adapter.id)
                .setParameter(2, adapter.publisher.id)
                .getResultList();
        return rows.stream()
                .map(row -> new Lookalike(version(row[0]), version(row[1]), ((Number) row[2]).doubleValue()))
                .toList();
    }

    /** Taken-down adapters that are parts of a version of this one. */
    private static List<Adapter> lostParts(Adapter adapter) {
        @SuppressWarnings("unchecked")
        List<Long> ids = database()
                .createNativeQuery("""
                        select distinct b.id from version_part p
                          join adapter_version v on v.id = p.version_id
                          join adapter_version o on o.id = p.part_id
                          join adapter b on b.id = o.adapter_id
                        where v.adapter_id = ?1 and b.state = 'TAKEN_DOWN'""", Long.class)
                .setParameter(1, adapter.id)
                .getResultList();
        return ids.isEmpty()
                ? List.of()
                : Adapter.list("from Adapter a join fetch a.publisher where a.id in ?1 order by a.id", ids);
    }

    private static AdapterVersion version(Object id) {
        return AdapterVersion.find(
                        "from AdapterVersion v join fetch v.adapter a join fetch a.publisher where v.id = ?1",
                        ((Number) id).longValue())
                .firstResult();
    }

    private static EntityManager database() {
        return Adapter.getEntityManager();
    }
}

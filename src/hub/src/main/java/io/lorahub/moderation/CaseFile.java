package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The information that a moderator needs to decide about an adapter, or about a repository without one.
 *
 * @param adapter     null if it is a repository without one
 * @param since       when its oldest open matter arose; null if nothing is open
 * @param newest      the adapter's newest version; null without an adapter
 * @param files       the newest files of a repository without an adapter
 * @param lookalikes  older adapters of other publishers with nearly the same update
 * @param lostParts   taken-down adapters of which it was composed and that the viewer can see
 * @param hiddenParts number of further ones that the viewer cannot see
 * @param actions     actions currently allowed
 */
public record CaseFile(
        ModeratedEntity moderated,
        Adapter adapter,
        Instant since,
        AdapterVersion newest,
        List<TreeFile> files,
        List<Report> reports,
        Optional<Appeal> appeal,
        List<Lookalike> lookalikes,
        List<Adapter> lostParts,
        long hiddenParts,
        List<ModerationDecision> history,
        List<ModerationAction> actions) {

    private static final int FILES = 20;

    /** @param similarity similarity of ΔW; 1 for identical updates */
    public record Lookalike(AdapterVersion own, AdapterVersion other, double similarity) {}

    /** @param maySee whether the viewer can see an adapter */
    static CaseFile of(Repository repository, Instant since, Predicate<Adapter> maySee) {
        ModeratedEntity moderated = repository.moderated();
        Adapter adapter = repository.adapter;
        List<Adapter> lost = adapter == null ? List.of() : lostParts(adapter);
        List<Adapter> seen = lost.stream().filter(maySee).toList();
        return new CaseFile(
                moderated,
                adapter,
                since,
                adapter == null ? null : adapter.newest(),
                adapter == null ? files(repository) : List.of(),
                Report.openOn(repository),
                Appeal.openOn(repository),
                adapter == null ? List.of() : lookalikes(adapter),
                seen,
                lost.size() - seen.size(),
                ModerationDecision.on(repository),
                ModerationAction.in(moderated.state));
    }

    private static List<TreeFile> files(Repository repository) {
        return RepositoryCommit.head(repository)
                .map(head -> List.copyOf(Tree.read(head.tree).files().values()))
                .orElse(List.of());
    }

    /** Distinguishes the cases on a page. */
    public String id() {
        return adapter == null ? moderated.kind() + moderated.id : adapter.id.toString();
    }

    public String reasonId() {
        return "reason-" + id();
    }

    /** As many files as fit; the page of the repository has all. */
    public List<TreeFile> shownFiles() {
        return files.subList(0, Math.min(FILES, files.size()));
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

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

/** The information that a moderator needs to decide about an adapter, or about a repository without one. */
public final class CaseFile {

    public final ModeratedEntity moderated;

    /** Null if it is a repository without one. */
    public final Adapter adapter;

    /** When its oldest open matter arose; null if nothing is open. */
    public final Instant since;

    /** The adapter's newest version; null without an adapter. */
    public final AdapterVersion newest;

    /** The newest files of a repository without an adapter. */
    public final List<TreeFile> files;

    public final List<Report> reports;
    public final Optional<Appeal> appeal;

    /** Older adapters of other publishers with nearly the same update. */
    public final List<Lookalike> lookalikes;

    /** Taken-down adapters of which it was composed and that the viewer can see. */
    public final List<Adapter> lostParts;

    /** Number of further ones that the viewer cannot see. */
    public final long hiddenParts;

    public final List<ModerationDecision> history;

    /** Actions currently allowed. */
    public final List<ModerationAction> actions;

    private static final int FILES = 20;

    /** @param similarity similarity of ΔW; 1 for identical updates */
    public record Lookalike(AdapterVersion own, AdapterVersion other, double similarity) {}

    /** @param maySee whether the viewer can see an adapter */
    CaseFile(Repository repository, Instant since, Predicate<Adapter> maySee) {
        ModeratedEntity moderated = repository.moderated();
        Adapter adapter = repository.adapter;
        List<Adapter> lost = adapter == null ? List.of() : lostParts(adapter);
        List<Adapter> seen = lost.stream().filter(maySee).toList();
        this.moderated = moderated;
        this.adapter = adapter;
        this.since = since;
        newest = adapter == null ? null : adapter.newest();
        files = adapter == null ? files(repository) : List.of();
        reports = Report.openOn(repository);
        appeal = Appeal.openOn(repository);
        lookalikes = adapter == null ? List.of() : lookalikes(adapter);
        lostParts = seen;
        hiddenParts = lost.size() - seen.size();
        history = ModerationDecision.on(repository);
        actions = ModerationAction.in(moderated.state);
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

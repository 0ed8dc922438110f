package io.lorahub.moderation;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Repository;
import io.lorahub.web.NavCount;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Adapters, and repositories without one, that wait for a moderator: reported, appealed, near duplicates of others' adapters, or composed of parts
 * that were taken down.
 */
@ApplicationScoped
public class ModerationQueue implements NavCount {

    /**
     * Repositories of what waits, with the time since when. A near duplicate or a flagged part waits until a moderator decides
     * about the adapter after it arose. Private adapters are for admins only, even if they were reported before they
     * became private.
     */
    private static final String WAITING = """
            select seen.id, min(since) as since from (
              select repository_id, created_at as since from report where closed_at is null
              union all
              select repository_id, created_at from appeal where closed_at is null
              union all
              select r.id, v.published_at from near_duplicate n
                join adapter_version v on v.id = n.version_id
                join adapter a on a.id = v.adapter_id
                join repository r on r.adapter_id = a.id
                join adapter_version o on o.id = n.other_id
                join adapter b on b.id = o.adapter_id
                where a.publisher_id <> b.publisher_id and b.visibility = 'PUBLIC' and a.visibility <> 'PRIVATE' and a.state <> 'TAKEN_DOWN'
                  and not exists (select from decision d where d.repository_id = r.id and d.decided_at > v.published_at)
              union all
              select r.id, last.decided_at from version_part p
                join adapter_version v on v.id = p.version_id
                join adapter a on a.id = v.adapter_id
                join repository r on r.adapter_id = a.id
                join adapter_version o on o.id = p.part_id
                join adapter b on b.id = o.adapter_id
                join repository of_part on of_part.adapter_id = b.id
                join lateral (select max(decided_at) as decided_at from decision where repository_id = of_part.id) last on true
                where b.state = 'TAKEN_DOWN' and a.state <> 'TAKEN_DOWN' and a.visibility <> 'PRIVATE'
                  and not exists (select from decision d where d.repository_id = r.id and d.decided_at > last.decided_at)
            ) cause join repository seen on seen.id = cause.repository_id left join adapter held on held.id = seen.adapter_id
            where coalesce(held.visibility, seen.visibility) <> 'PRIVATE' or :admin
            group by seen.id""";

    private final EntityManager database;
    private final Viewer viewer;

    ModerationQueue(EntityManager database, Viewer viewer) {
        this.database = database;
        this.viewer = viewer;
    }

    /** The repository of what waits, with the time since when. */
    public record Entry(Repository repository, Instant since) {}

    @Override
    public String name() {
        return "waiting";
    }

    @Override
    public long count() {
        return viewer.isModerator() ? size() : 0;
    }

    public long size() {
        Number count = (Number) database.createNativeQuery("select count(*) from (" + WAITING + ") w", Long.class)
                .setParameter("admin", viewer.isAdmin())
                .getSingleResult();
        return count.longValue();
    }

    /** Longest waiting first. */
    public List<Entry> first(int limit, int offset) {
        @SuppressWarnings("unchecked")
        List<Object[]> rows = database.createNativeQuery(WAITING + " order by since, seen.id", Object[].class)
                .setParameter("admin", viewer.isAdmin())
                .setFirstResult(offset)
                .setMaxResults(limit)
                .getResultList();
        List<Long> ids = rows.stream().map(row -> ((Number) row[0]).longValue()).toList();
        if (ids.isEmpty()) return List.of();
        Map<Long, Repository> repositories = Repository.<Repository>stream(
                        "from Repository r join fetch r.publisher left join fetch r.adapter a left join fetch a.publisher"
                                + " where r.id in ?1",
                        ids)
                .collect(Collectors.toMap(r -> r.id, Function.identity()));
        return rows.stream()
                .map(row -> new Entry(repositories.get(((Number) row[0]).longValue()), (Instant) row[1]))
                .toList();
    }
}

package io.lorahub.adapter.page;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Likes of adapters: a person counts once per adapter, even with repeated or concurrent requests. The database updates
 * the counts directly, bypassing the entity, because they are not a change of the card.
 */
@ApplicationScoped
public class Likes {

    private final EntityManager database;
    private final AdapterRights rights;

    Likes(EntityManager database, AdapterRights rights) {
        this.database = database;
        this.rights = rights;
    }

    public boolean likes(Long person, Adapter adapter) {
        return !database.createNativeQuery("select 1 from adapter_like where adapter_id = ?1 and person_id = ?2")
                .setParameter(1, adapter.id)
                .setParameter(2, person)
                .getResultList()
                .isEmpty();
    }

    /** An adapter that somebody liked. */
    public record Liked(Adapter adapter, Instant at) {}

    /** What a person likes and can still see, the newest like first. */
    @Transactional
    public List<Liked> of(Person person) {
        List<Object[]> rows = database.createNativeQuery(
                        "select adapter_id, liked_at from adapter_like where person_id = ?1"
                                + " order by liked_at desc, adapter_id desc",
                        Object[].class)
                .setParameter(1, person.id)
                .getResultList();
        List<Object> ids = rows.stream().map(row -> row[0]).toList();
        Map<Long, Adapter> visible =
                Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", ids).stream()
                        .filter(rights::maySee)
                        .collect(Collectors.toMap(adapter -> adapter.id, Function.identity()));
        return rows.stream()
                .filter(row -> visible.containsKey(row[0]))
                .map(row -> new Liked(visible.get(row[0]), (Instant) row[1]))
                .toList();
    }

    @Transactional
    public void like(Long person, Adapter adapter) {
        adapter.lockAgainstDeletion();
        count(
                adapter,
                change(
                        "insert into adapter_like (adapter_id, person_id) values (?1, ?2) on conflict do nothing",
                        person,
                        adapter));
    }

    @Transactional
    public void unlike(Long person, Adapter adapter) {
        count(adapter, -change("delete from adapter_like where adapter_id = ?1 and person_id = ?2", person, adapter));
    }

    /** The current count, which may differ from the one read with the adapter. */
    public int count(Adapter adapter) {
        return ((Number) database.createNativeQuery("select likes from adapter where id = ?1")
                        .setParameter(1, adapter.id)
                        .getSingleResult())
                .intValue();
    }

    private int change(String sql, Long person, Adapter adapter) {
        return database.createNativeQuery(sql)
                .setParameter(1, adapter.id)
                .setParameter(2, person)
                .executeUpdate();
    }

    private void count(Adapter adapter, int more) {
        if (more == 0) return;
        // In the same order as downloads are counted, so that neither waits for the other.
        database.createNativeQuery("insert into adapter_day (adapter_id, day, likes)"
                        + " values (?2, (now() at time zone 'UTC')::date, ?1)"
                        + " on conflict (adapter_id, day) do update set likes = adapter_day.likes + excluded.likes")
                .setParameter(1, more)
                .setParameter(2, adapter.id)
                .executeUpdate();
        database.createNativeQuery("update adapter set likes = likes + ?1 where id = ?2")
                .setParameter(1, more)
                .setParameter(2, adapter.id)
                .executeUpdate();
    }
}

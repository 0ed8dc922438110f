package io.lorahub.storage.upkeep;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds references to blobs in every table that has a foreign key to them, according to the database's own catalogue.
 */
@ApplicationScoped
class References {

    private static final String TABLES = """
            select format('exists (select 1 from %s r where r.%I = b.sha256)', c.conrelid::regclass, a.attname)
            from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where c.contype = 'f' and c.confrelid = 'blob'::regclass order by 1
            """;

    private final EntityManager database;

    References(EntityManager database) {
        this.database = database;
    }

    /** Hashes of blobs that nothing refers to, in ascending order, starting after the given one. */
    @Transactional
    List<String> unused(Instant createdBefore, String after, int limit) {
        return database.createNativeQuery(
                        "select b.sha256 from blob b where b.created_at < :before and b.sha256 > :after and not "
                                + referred() + " order by b.sha256",
                        String.class)
                .setParameter("before", createdBefore)
                .setParameter("after", after)
                .setMaxResults(limit)
                .getResultList();
    }

    @Transactional
    boolean isUsed(String sha256) {
        return database.createNativeQuery(
                        "select " + referred() + " from blob b where b.sha256 = :sha256", Boolean.class)
                .setParameter("sha256", sha256)
                .getResultStream()
                .anyMatch(Boolean.TRUE::equals);
    }

    private String referred() {
        Stream<String> tables = database.createNativeQuery(TABLES, String.class).getResultStream();
        return tables.collect(Collectors.joining(" or ", "(", ")"));
    }
}

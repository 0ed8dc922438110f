package io.lorahub.adapter;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names from before a move. They lead to the present name until somebody else takes them. */
@ApplicationScoped
public class FormerNames {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private final EntityManager database;

    FormerNames(EntityManager database) {
        this.database = database;
    }

    /** In the caller's transaction, before the move. */
    public void remember(Long publisherId, String name, Long repositoryId) {
        database.createNativeQuery("insert into former_name (publisher_id, name, repository_id) values (?1, ?2, ?3)"
                        + " on conflict (publisher_id, name) do update set repository_id = excluded.repository_id")
                .setParameter(1, publisherId)
                .setParameter(2, name)
                .setParameter(3, repositoryId)
                .executeUpdate();
    }

    /**
     * The present address, as {@code publisher/name}, of what had this name before. The caller checks whether the viewer
     * can see it.
     */
    public Optional<String> present(String publisher, String name) {
        if (!NAME.matcher(publisher).matches() || !NAME.matcher(name).matches()) return Optional.empty();
        return database.createNativeQuery(
                        "select p.name || '/' || r.name from former_name f join publisher old on old.id = f.publisher_id"
                                + " join repository r on r.id = f.repository_id join publisher p on p.id = r.publisher_id"
                                + " where old.name = lower(?1) and f.name = lower(?2)",
                        String.class)
                .setParameter(1, publisher)
                .setParameter(2, name)
                .getResultStream()
                .map(Object::toString)
                .findFirst()
                .map(String.class::cast);
    }
}

package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;

/** The adapters of the hub that compose with each other on a base model. */
@ApplicationScoped
public class CompatibleAdapters {

    private static final String FROM = """
             from AdapterVersion v join v.adapter a
            where a.visibility = PUBLIC and a.state <> TAKEN_DOWN and a.derivatives and a.baseModel = :base
              and v.number = (select max(w.number) from AdapterVersion w where w.adapter = a)
              and size(v.files) > 0""";

    private final EntityManager database;
    private final TrialConfig limits;

    CompatibleAdapters(EntityManager database, TrialConfig limits) {
        this.database = database;
        this.limits = limits;
    }

    /**
     * @param versions ids of the newest versions, the liveliest adapters first
     * @param all      how many there are, also those beyond the limit
     */
    public record Found(List<Long> versions, long all) {}

    /** @param baseModel by name */
    Found of(String baseModel) {
        List<Long> versions = database.createQuery(
                        "select v.id" + FROM + " order by a.trend desc, a.likes desc, a.id", Long.class)
                .setParameter("base", baseModel)
                .setMaxResults(limits.suggestions())
                .getResultList();
        Long all = database.createQuery("select count(v)" + FROM, Long.class)
                .setParameter("base", baseModel)
                .getSingleResult();
        return new Found(versions, all);
    }
}

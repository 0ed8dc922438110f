package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
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
    private final TaskConfig limits;

    CompatibleAdapters(EntityManager database, TaskConfig limits) {
        this.database = database;
        this.limits = limits;
    }

    /**
     * @param versions ids of the newest versions, those asked for first, then the liveliest adapters
     * @param all      how many there are, also those beyond the limit
     */
    public record Found(List<Long> versions, long all) {}

    /**
     * @param baseModel by name
     * @param asked     addresses of adapters to be among them in any case, with or without a version
     */
    Found of(String baseModel, List<String> asked) {
        List<String> first = new ArrayList<>(List.of("")); // an empty list is no valid IN
        asked.forEach(address -> first.add(address.replaceFirst("@.*", "")));
        List<Long> versions = database.createQuery(
                        "select v.id" + FROM
                                + " order by case when concat(a.publisher.name, '/', a.name) in :first then 0 else 1 end,"
                                + " a.trend desc, a.likes desc, a.id",
                        Long.class)
                .setParameter("first", first)
                .setParameter("base", baseModel)
                .setMaxResults(limits.suggestions())
                .getResultList();
        Long all = database.createQuery("select count(v)" + FROM, Long.class)
                .setParameter("base", baseModel)
                .getSingleResult();
        return new Found(versions, all);
    }
}

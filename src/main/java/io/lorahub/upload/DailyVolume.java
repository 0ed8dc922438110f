package io.lorahub.upload;

import io.lorahub.account.Person;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** How many bytes each member sent on each day (UTC), in the caller's transaction. */
@ApplicationScoped
class DailyVolume {

    private final EntityManager database;

    DailyVolume(EntityManager database) {
        this.database = database;
    }

    long sentToday(Person person) {
        List<Long> bytes = database.createNativeQuery(
                        "select bytes from upload_day where person_id = :person and day = :day", Long.class)
                .setParameter("person", person.id)
                .setParameter("day", today())
                .getResultList();
        return bytes.isEmpty() ? 0 : bytes.get(0);
    }

    void add(Person person, long bytes) {
        database.createNativeQuery("insert into upload_day (person_id, day, bytes) values (:person, :day, :bytes)"
                        + " on conflict (person_id, day) do update set bytes = upload_day.bytes + excluded.bytes")
                .setParameter("person", person.id)
                .setParameter("day", today())
                .setParameter("bytes", bytes)
                .executeUpdate();
    }

    private static LocalDate today() {
        return LocalDate.now(ZoneOffset.UTC);
    }
}

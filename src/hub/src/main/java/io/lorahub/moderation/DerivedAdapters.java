package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.notice.NotificationInbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.util.List;

/**
 * Finds adapters composed from others, through any number of steps. Their owners are notified when a part is deleted.
 */
@ApplicationScoped
class DerivedAdapters {

    private final NotificationInbox inbox;

    DerivedAdapters(NotificationInbox inbox) {
        this.inbox = inbox;
    }

    /** Adapters with a version that contains a version of this one, directly or through others. */
    static List<Adapter> from(Adapter adapter) {
        EntityManager database = Adapter.getEntityManager();
        @SuppressWarnings("unchecked")
        List<Long> ids = database.createNativeQuery("""
                        with recursive made(version_id) as (
                          select p.version_id from version_part p
                            join adapter_version v on v.id = p.part_id where v.adapter_id = ?1
                          union
                          select p.version_id from version_part p join made m on p.part_id = m.version_id)
                        select distinct v.adapter_id from made m join adapter_version v on v.id = m.version_id
                          where v.adapter_id <> ?1""", Long.class)
                .setParameter(1, adapter.id)
                .getResultList();
        return ids.isEmpty()
                ? List.of()
                : Adapter.list("from Adapter a join fetch a.publisher where a.id in ?1 order by a.id", ids);
    }

    void notifyOwners(@Observes AdapterDeletionEvent deletion) {
        Adapter part = deletion.adapter();
        for (Adapter derived : from(part)) {
            for (Person member : derived.publisher.members) {
                inbox.send(
                        member.id,
                        "A part of %s was deleted.".formatted(derived.address()),
                        "%s, a part of it, was deleted. Your adapter stays as it is.".formatted(part.address()),
                        "/" + derived.address());
            }
        }
    }
}

package io.lorahub.notice;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What stands in inboxes. */
@ApplicationScoped
public class Notices {

    /**
     * @param older whether there are more; they come with {@code before} the last of these
     */
    public record Slice(List<Notice> notices, boolean older) {

        /** What to ask for next; only if there are older ones. */
        public Long next() {
            return older ? notices.get(notices.size() - 1).id : null;
        }
    }

    /** The newest first. */
    @Transactional
    public Slice of(long personId, Optional<Long> before, int most) {
        List<Notice> found = Notice.<Notice>find(
                        "personId = ?1 and id < ?2 order by id desc", personId, before.orElse(Long.MAX_VALUE))
                .range(0, most)
                .list();
        boolean older = found.size() > most;
        return new Slice(older ? found.subList(0, most) : found, older);
    }

    /** Marks it read; empty if the person has no such notice. */
    @Transactional
    public Optional<Notice> read(long personId, long id) {
        Optional<Notice> found =
                Notice.find("id = ?1 and personId = ?2", id, personId).firstResultOptional();
        found.ifPresent(notice -> {
            if (notice.readAt == null) notice.readAt = Instant.now();
        });
        return found;
    }

    @Transactional
    public void readAll(long personId) {
        Notice.update("readAt = ?1 where personId = ?2 and readAt is null", Instant.now(), personId);
    }
}

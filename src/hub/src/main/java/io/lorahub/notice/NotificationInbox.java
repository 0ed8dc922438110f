package io.lorahub.notice;

import io.lorahub.account.Viewer;
import io.lorahub.account.settings.PasswordResetEvent;
import io.lorahub.web.NavCount;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Adds and reads the notices in persons' inboxes. */
@ApplicationScoped
public class NotificationInbox implements NavCount {

    /** @param older whether there are older notices; request them with {@code before} set to the id of the last one */
    public record Slice(List<Notice> notices, boolean older) {

        /** Value of {@code before} for the next request; null if there are no older notices. */
        public Long next() {
            return older ? notices.get(notices.size() - 1).id : null;
        }
    }

    private final Viewer viewer;

    NotificationInbox(Viewer viewer) {
        this.viewer = viewer;
    }

    /**
     * Adds a notice in the caller's transaction.
     *
     * @param link a path of this site, or empty
     */
    public void send(Long personId, String title, String body, String link) {
        Notice notice = new Notice();
        notice.personId = personId;
        notice.title = title;
        notice.body = body;
        notice.link = link;
        notice.persist();
    }

    void passwordWasReset(@Observes PasswordResetEvent reset) {
        send(
                reset.person().id,
                "Your password was reset",
                "Someone used a link created by an administrator. If it wasn't you, tell them. Your access tokens"
                        + " were not changed.",
                "/settings/tokens");
    }

    @Override
    public String name() {
        return "unread";
    }

    @Override
    public long count() {
        return viewer.id()
                .map(id -> Notice.count("personId = ?1 and readAt is null", id))
                .orElse(0L);
    }

    /** Notices of a person, newest first. */
    @Transactional
    public Slice of(long personId, Optional<Long> before, int most) {
        List<Notice> notices = Notice.<Notice>find(
                        "personId = ?1 and id < ?2 order by id desc", personId, before.orElse(Long.MAX_VALUE))
                .range(0, most)
                .list();
        boolean older = notices.size() > most;
        return new Slice(older ? notices.subList(0, most) : notices, older);
    }

    /** Marks it as read; empty if the person has no such notice. */
    @Transactional
    public Optional<Notice> read(long personId, long id) {
        Optional<Notice> match =
                Notice.find("id = ?1 and personId = ?2", id, personId).firstResultOptional();
        match.ifPresent(notice -> {
            if (notice.readAt == null) notice.readAt = Instant.now();
        });
        return match;
    }

    @Transactional
    public void readAll(long personId) {
        Notice.update("readAt = ?1 where personId = ?2 and readAt is null", Instant.now(), personId);
    }
}

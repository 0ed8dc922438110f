package io.lorahub.notice;

import jakarta.enterprise.context.ApplicationScoped;

/** Puts notices into persons' inboxes, in the caller's transaction. */
@ApplicationScoped
public class NotificationInbox {

    /** @param link a path of this site, or empty */
    public void tell(Long personId, String title, String body, String link) {
        Notice notice = new Notice();
        notice.personId = personId;
        notice.title = title;
        notice.body = body;
        notice.link = link;
        notice.persist();
    }
}

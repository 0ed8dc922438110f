package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.notice.NotificationInbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Tells the owners of what was composed from an adapter that it is no more. Their compositions stay as they are. */
@ApplicationScoped
class DeletedParts {

    private final NotificationInbox inbox;

    DeletedParts(NotificationInbox inbox) {
        this.inbox = inbox;
    }

    void tell(@Observes AdapterDeletionEvent deletion) {
        Adapter part = deletion.adapter();
        for (Adapter derived : DerivedAdapters.from(part)) {
            for (Person member : derived.publisher.members) {
                inbox.tell(
                        member.id,
                        "A part of %s was deleted.".formatted(derived.address()),
                        "%s, of which it was composed, was deleted. Your adapter stays as it is."
                                .formatted(part.address()),
                        "/" + derived.address());
            }
        }
    }
}

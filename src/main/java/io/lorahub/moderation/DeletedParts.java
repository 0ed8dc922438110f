package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletion;
import io.lorahub.notice.Inbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Tells the owners of what was composed from an adapter that it is no more. Their compositions stay as they are. */
@ApplicationScoped
class DeletedParts {

    private final Inbox inbox;

    DeletedParts(Inbox inbox) {
        this.inbox = inbox;
    }

    void tell(@Observes AdapterDeletion deletion) {
        Adapter part = deletion.adapter();
        for (Adapter derived : Derived.from(part)) {
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

package io.lorahub.moderation;

import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Named;

/** The appeal of an adapter, or of a repository without one, for its page, as {@code inject:appeals} in templates. */
@Named("appeals")
@ApplicationScoped
public class Appeals {

    /** Whether the owner has appealed and no moderator has answered yet. */
    public boolean isOpen(ModeratedEntity moderated) {
        return Appeal.openOn(Repository.of(moderated)).isPresent();
    }
}

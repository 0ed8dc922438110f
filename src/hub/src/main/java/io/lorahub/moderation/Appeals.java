package io.lorahub.moderation;

import io.lorahub.adapter.Adapter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Named;

/** An adapter's appeal, for its page, as {@code inject:appeals} in templates. */
@Named("appeals")
@ApplicationScoped
public class Appeals {

    /** Whether the owner has appealed and no moderator has answered yet. */
    public boolean isOpen(Adapter adapter) {
        return Appeal.openOn(adapter).isPresent();
    }
}

package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import jakarta.enterprise.context.ApplicationScoped;

/** Who may do what with an adapter; docs/permissions.md is the same as a table. */
@ApplicationScoped
public class AdapterRights {

    private final Viewer viewer;

    AdapterRights(Viewer viewer) {
        this.viewer = viewer;
    }

    /** Of the page, the files and all that is derived from them. */
    public boolean maySee(Adapter adapter) {
        boolean open = adapter.visibility != Visibility.PRIVATE && adapter.state != AdapterState.TAKEN_DOWN;
        return open || owns(adapter) || seesForModeration(adapter);
    }

    /** The card, the visibility, new versions, deletion. */
    public boolean mayEdit(Adapter adapter) {
        return owns(adapter);
    }

    public boolean mayDelete(Adapter adapter) {
        return owns(adapter) || viewer.isAdmin();
    }

    public boolean mayModerate(Adapter adapter) {
        return viewer.isModerator() && maySee(adapter);
    }

    public boolean mayPublishAs(Publisher publisher) {
        return viewer.id()
                .map(id -> publisher.members.stream().anyMatch(m -> m.id.equals(id)))
                .orElse(false);
    }

    private boolean owns(Adapter adapter) {
        return mayPublishAs(adapter.publisher);
    }

    /** Moderators see what others may have seen; what was always private is for admins. */
    private boolean seesForModeration(Adapter adapter) {
        return viewer.isAdmin() || viewer.isModerator() && adapter.visibility != Visibility.PRIVATE;
    }
}

package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import jakarta.enterprise.context.ApplicationScoped;

/** Rights to adapters; docs/permissions.md shows them as a table. */
@ApplicationScoped
public class AdapterRights {

    private final Viewer viewer;

    AdapterRights(Viewer viewer) {
        this.viewer = viewer;
    }

    /** Covers the page, the files and everything derived from them. */
    public boolean maySee(Adapter adapter) {
        boolean open = adapter.visibility != Visibility.PRIVATE && adapter.state != AdapterState.TAKEN_DOWN;
        return open || owns(adapter) || seesForModeration(adapter);
    }

    /** Covers the card, the visibility, new versions and deletion. */
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

    /** Moderators see adapters that others could have seen; private adapters are visible only to administrators. */
    private boolean seesForModeration(Adapter adapter) {
        return viewer.isAdmin() || viewer.isModerator() && adapter.visibility != Visibility.PRIVATE;
    }
}

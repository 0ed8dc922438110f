package io.lorahub.adapter;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import jakarta.enterprise.context.ApplicationScoped;

/** Rights to adapters, and to repositories without one; docs/permissions.md shows them as a table. */
@ApplicationScoped
public class AdapterRights {

    private final Viewer viewer;

    AdapterRights(Viewer viewer) {
        this.viewer = viewer;
    }

    /** Covers the page, the files and everything derived from them. */
    public boolean maySee(ModeratedEntity adapter) {
        return adapter.isOpen() || owns(adapter) || seesForModeration(adapter);
    }

    /** Covers the card, the visibility, new versions and deletion. */
    public boolean mayEdit(ModeratedEntity adapter) {
        return owns(adapter);
    }

    public boolean mayDelete(ModeratedEntity adapter) {
        return owns(adapter) || viewer.isAdmin();
    }

    public boolean mayModerate(ModeratedEntity adapter) {
        return viewer.isModerator() && maySee(adapter);
    }

    /** What a download depends on. Members of the publisher and moderators can go on after a take-down. */
    public OpenTransfers.Right toDownload(Repository repository) {
        ModeratedEntity adapter = repository.moderated();
        boolean always = owns(adapter) || seesForModeration(adapter);
        return new OpenTransfers.Right(
                repository.id,
                viewer.id().orElse(null),
                always ? moderated -> true : ModeratedEntity::isOpen);
    }

    public boolean mayPublishAs(Publisher publisher) {
        return viewer.id()
                .map(id -> publisher.members.stream().anyMatch(m -> m.id.equals(id)))
                .orElse(false);
    }

    private boolean owns(ModeratedEntity adapter) {
        return mayPublishAs(adapter.publisher);
    }

    /** Moderators see adapters that others could have seen; private adapters are visible only to administrators. */
    private boolean seesForModeration(ModeratedEntity adapter) {
        return viewer.isAdmin() || viewer.isModerator() && adapter.visibility != Visibility.PRIVATE;
    }
}

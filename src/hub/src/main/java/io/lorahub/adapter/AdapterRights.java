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
    public boolean maySee(ModeratedEntity moderated) {
        return moderated.isOpen() || owns(moderated) || seesForModeration(moderated);
    }

    /** Covers the card, the visibility, new versions and deletion. */
    public boolean mayEdit(ModeratedEntity moderated) {
        return owns(moderated);
    }

    public boolean mayDelete(ModeratedEntity moderated) {
        if (viewer.isAdmin()) return true;
        // what was taken down with it isn't remembered otherwise, unlike the weights of an adapter
        boolean needed = moderated instanceof Repository && moderated.isTakenDown();
        return owns(moderated) && !needed;
    }

    public boolean mayModerate(ModeratedEntity moderated) {
        return viewer.isModerator() && maySee(moderated);
    }

    /** What a download depends on. Members of the publisher and moderators can go on after a take-down. */
    public OpenTransfers.Right toDownload(Repository repository) {
        ModeratedEntity moderated = repository.moderated();
        boolean always = owns(moderated) || seesForModeration(moderated);
        return new OpenTransfers.Right(
                repository.id, viewer.id().orElse(null), always ? any -> true : ModeratedEntity::isOpen);
    }

    public boolean mayPublishAs(Publisher publisher) {
        return viewer.id()
                .map(id -> publisher.members.stream().anyMatch(m -> m.id.equals(id)))
                .orElse(false);
    }

    private boolean owns(ModeratedEntity moderated) {
        return mayPublishAs(moderated.publisher);
    }

    /** Moderators see adapters that others could have seen; private adapters are visible only to administrators. */
    private boolean seesForModeration(ModeratedEntity moderated) {
        return viewer.isAdmin() || viewer.isModerator() && moderated.visibility != Visibility.PRIVATE;
    }
}

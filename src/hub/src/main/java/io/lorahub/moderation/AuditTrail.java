package io.lorahub.moderation;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.Audit;
import io.lorahub.audit.AuditEntry;
import io.lorahub.moderation.ModerationViews.EntryView;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The audit log as the viewer can see it. Moderators see neither network addresses, nor the names of what only its publisher's
 * members and administrators can see; names of what was deleted or moved could be such, so they don't see these either.
 */
@ApplicationScoped
class AuditTrail {

    /** What members do to what is theirs. */
    private static final Set<String> OF_MEMBERS = Set.of(
            "adapter.publish",
            "adapter.edit",
            "adapter.move",
            "adapter.delete",
            "repository.edit",
            "repository.delete");

    private final Audit audit;
    private final Viewer viewer;

    AuditTrail(Audit audit, Viewer viewer) {
        this.audit = audit;
        this.viewer = viewer;
    }

    /** As {@link Audit#page}; of entries about what the viewer can't see, without its name. */
    @Transactional
    List<EntryView> page(Long before, String actor, String action, String subject, int limit) {
        if (viewer.isAdmin()) {
            return audit.page(before, actor, action, subject, Set.of(), limit).stream()
                    .map(EntryView::whole)
                    .toList();
        }
        // an entry that is asked for by its subject would tell that it exists
        boolean hidden = subject != null
                && !subject.isBlank()
                && visible(Set.of(subject.strip())).isEmpty();
        List<AuditEntry> entries = audit.page(before, actor, action, subject, hidden ? OF_MEMBERS : Set.of(), limit);
        Set<String> visible = visible(entries.stream()
                .filter(entry -> OF_MEMBERS.contains(entry.action))
                .map(entry -> entry.subject)
                .collect(Collectors.toSet()));
        return entries.stream()
                .map(entry -> OF_MEMBERS.contains(entry.action) && !visible.contains(entry.subject)
                        ? EntryView.withoutSubject(entry)
                        : EntryView.withoutAddress(entry))
                .toList();
    }

    private static Set<String> visible(Set<String> addresses) {
        Set<String> visible = Adapter.at(addresses).stream()
                .filter(adapter -> adapter.visibility != Visibility.PRIVATE)
                .map(ModeratedEntity::address)
                .collect(Collectors.toSet());
        for (String address : addresses) {
            String[] names = address.split("/", 2);
            if (names.length == 2) {
                Repository.withoutAdapter(names[0], names[1])
                        .filter(repository -> repository.visibility != Visibility.PRIVATE)
                        .ifPresent(repository -> visible.add(address));
            }
        }
        return visible;
    }
}

package io.lorahub.adapter;

import io.lorahub.audit.Audit;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Changes and deletes adapters that are published. The files of their versions never change. */
@ApplicationScoped
public class AdapterEditing {

    private final Adapters adapters;
    private final AdapterRights rights;
    private final Duplicates duplicates;
    private final Audit audit;
    private final NotificationInbox inbox;
    private final Event<AdapterDeletionEvent> deletions;

    AdapterEditing(
            Adapters adapters,
            AdapterRights rights,
            Duplicates duplicates,
            Audit audit,
            NotificationInbox inbox,
            Event<AdapterDeletionEvent> deletions) {
        this.adapters = adapters;
        this.rights = rights;
        this.duplicates = duplicates;
        this.audit = audit;
        this.inbox = inbox;
        this.deletions = deletions;
    }

    /** @throws ProblemException where the viewer does not see it, or may not change it */
    Adapter own(String publisher, String name) {
        Adapter adapter = adapters.visible(publisher, name);
        if (!rights.mayEdit(adapter)) {
            throw ProblemException.forbidden("Only members of %s may change it.".formatted(publisher));
        }
        return adapter;
    }

    /** The same for who wants to delete it. */
    Adapter deletable(String publisher, String name) {
        Adapter adapter = adapters.visible(publisher, name);
        if (!rights.mayDelete(adapter)) {
            throw ProblemException.forbidden("Only members of %s may delete it.".formatted(publisher));
        }
        return adapter;
    }

    /**
     * @param edition    that was seen; another one is refused
     * @param unreadable what is wrong with the change before it is looked at
     * @throws ProblemException with everything that speaks against it; then nothing was changed
     */
    @Transactional
    public Adapter change(
            String publisher, String name, AdapterChange change, int edition, List<FieldError> unreadable) {
        Adapter adapter = locked(own(publisher, name), edition);
        Card card = change.over(Card.of(adapter));
        List<FieldError> faults = new ArrayList<>(unreadable);
        faults.addAll(card.faults());
        Optional<Visibility> visibility = visibility(change.visibility(), faults);
        boolean opens = visibility
                .filter(v -> v == Visibility.PUBLIC && adapter.visibility != v)
                .isPresent();
        if (opens) {
            AdapterVersion.of(adapter).stream()
                    .flatMap(v -> duplicates.whyNotPublic(v.files, adapter.publisher).stream())
                    .findFirst()
                    .ifPresent(faults::add);
        }
        NotesChange notes = NotesChange.of(change, AdapterVersion.of(adapter), faults);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        card.writeTo(adapter);
        visibility.ifPresent(v -> adapter.visibility = v);
        notes.write();
        // As exactly as the database keeps it: the ETag of the answer is that of the next GET.
        adapter.updatedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Adapter.flush();
        audit.log("adapter.edit", adapter.address(), "");
        return adapter;
    }

    /** With its versions. What was composed of them stays and names them no longer; the sweep removes the files that nothing else refers to. */
    @Transactional
    public void delete(String publisher, String name, int edition) {
        Adapter found = deletable(publisher, name);
        DeletionLocks.take(found);
        Adapter adapter = locked(found, edition);
        deletions.fire(new AdapterDeletionEvent(adapter));
        if (!rights.mayEdit(adapter)) tellMembers(adapter);
        Adapter.getEntityManager()
                .createNativeQuery("delete from version_part where part_id in"
                        + " (select id from adapter_version where adapter_id = ?1)")
                .setParameter(1, adapter.id)
                .executeUpdate();
        audit.log("adapter.delete", adapter.address(), adapter.title);
        adapter.delete();
        Adapter.flush();
    }

    private void tellMembers(Adapter adapter) {
        String title = "%s was deleted.".formatted(adapter.address());
        adapter.publisher.members.forEach(member -> inbox.tell(member.id, title, "An administrator deleted it.", ""));
    }

    private static Adapter locked(Adapter found, int edition) {
        if (found.edition != edition) throw ProblemException.changed();
        try {
            return Adapter.findById(found.id, LockModeType.PESSIMISTIC_WRITE);
        } catch (OptimisticLockException e) {
            throw ProblemException.changed(); // or deleted, since it was read
        }
    }

    private static Optional<Visibility> visibility(String word, List<FieldError> faults) {
        if (word == null) return Optional.empty();
        Optional<Visibility> found = Arrays.stream(Visibility.values())
                .filter(v -> v.name().equalsIgnoreCase(word.strip()))
                .findFirst();
        if (found.isEmpty()) faults.add(new FieldError("visibility", "Choose public, unlisted or private."));
        return found;
    }
}

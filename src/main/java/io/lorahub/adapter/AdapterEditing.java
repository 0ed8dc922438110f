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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes and deletes adapters that are published. The files of their versions never change. */
@ApplicationScoped
public class AdapterEditing {

    /**
     * Uploads first, as who publishes a version holds the upload before the adapter. "For update", as Hibernate's own
     * lock lets others go on to refer to the row.
     */
    private static final List<String> LOCKS = List.of(
            "select id from upload where adapter_id = ?1 order by id for update",
            "select id from adapter where id = ?1 for update",
            "select id from adapter_version where adapter_id = ?1 order by id for update");

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
        Card card = Card.of(adapter).with(change);
        List<FieldError> faults = new ArrayList<>(unreadable);
        faults.addAll(card.faults());
        Optional<Visibility> visibility =
                Optional.ofNullable(change.visibility()).flatMap(Visibility::find);
        if (change.visibility() != null && visibility.isEmpty()) faults.add(Visibility.UNKNOWN);
        boolean opens = visibility
                .filter(v -> v == Visibility.PUBLIC && adapter.visibility != v)
                .isPresent();
        if (opens) {
            AdapterVersion.of(adapter).stream()
                    .flatMap(v -> duplicates.whyNotPublic(v.files, adapter.publisher).stream())
                    .findFirst()
                    .ifPresent(faults::add);
        }
        Map<AdapterVersion, String> notes = notes(change, AdapterVersion.of(adapter), faults);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        card.writeTo(adapter);
        visibility.ifPresent(v -> adapter.visibility = v);
        notes.forEach((version, text) -> version.notes = text);
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
        lockForDeletion(found);
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

    /**
     * What versions are to say from now on of what is new in them.
     *
     * @param versions newest first
     * @param faults   to which everything is added that speaks against it
     */
    private static Map<AdapterVersion, String> notes(
            AdapterChange change, List<AdapterVersion> versions, List<FieldError> faults) {
        Map<AdapterVersion, String> texts = new LinkedHashMap<>();
        if (change.notes() != null) texts.put(versions.get(0), notes("notes", change.notes(), faults));
        if (change.versionNotes() == null) return texts;
        change.versionNotes().forEach((label, typed) -> {
            Optional<AdapterVersion> version =
                    versions.stream().filter(v -> v.label.equals(label)).findFirst();
            String text = notes(notesField(label), typed, faults);
            version.ifPresentOrElse(
                    v -> texts.put(v, text),
                    () -> faults.add(new FieldError(notesField(label), "There is no version %s.".formatted(label))));
        });
        return texts;
    }

    /** Of a cause that is about a version's notes. */
    static String notesField(String label) {
        return "versionNotes." + label;
    }

    private static String notes(String field, String typed, List<FieldError> faults) {
        String text = CardText.block(typed);
        if (text.length() > PublishingRules.LONGEST_NOTES) {
            faults.add(new FieldError(field, "At most %,d characters fit.".formatted(PublishingRules.LONGEST_NOTES)));
        }
        return text;
    }

    /**
     * Locks what a deletion takes with it or lets go, until the transaction ends. What others are making of the adapter
     * at that moment comes first and is then found; what comes later finds nothing to refer to.
     */
    private static void lockForDeletion(Adapter adapter) {
        for (String lock : LOCKS) {
            Adapter.getEntityManager()
                    .createNativeQuery(lock)
                    .setParameter(1, adapter.id)
                    .getResultList();
        }
    }
}

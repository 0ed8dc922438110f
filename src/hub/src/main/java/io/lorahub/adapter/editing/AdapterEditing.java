package io.lorahub.adapter.editing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.CardChangeEvent;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardText;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.publication.PublishingRules;
import io.lorahub.audit.Audit;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes and deletes published adapters, and repositories without one. The files of an adapter's versions never change.
 */
@ApplicationScoped
public class AdapterEditing {

    /**
     * Locks uploads first, because publishing a version locks the upload before the adapter. Uses "for update", because
     * Hibernate's own lock still allows new references to the row.
     */
    private static final List<String> LOCKS = List.of(
            "select id from upload where adapter_id = ?1 order by id for update",
            "select id from adapter where id = ?1 for update",
            "select id from adapter_version where adapter_id = ?1 order by id for update");

    /** Of cards, by one member in an hour: each makes a README of up to 300 kB and an entry in the audit log. */
    static final int MOST_CHANGES = 600;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Adapters adapters;
    private final AdapterRights rights;
    private final Duplicates duplicates;
    private final Audit audit;
    private final NotificationInbox inbox;
    private final Event<AdapterDeletionEvent> deletions;
    private final Event<CardChangeEvent> changes;

    AdapterEditing(
            Adapters adapters,
            AdapterRights rights,
            Duplicates duplicates,
            Audit audit,
            NotificationInbox inbox,
            Event<AdapterDeletionEvent> deletions,
            Event<CardChangeEvent> changes) {
        this.changes = changes;
        this.adapters = adapters;
        this.rights = rights;
        this.duplicates = duplicates;
        this.audit = audit;
        this.inbox = inbox;
        this.deletions = deletions;
    }

    /** @throws ProblemException if the viewer cannot see the adapter, or must not change it */
    Adapter own(String publisher, String name) {
        Adapter adapter = adapters.visible(publisher, name);
        if (!rights.mayEdit(adapter)) {
            throw ProblemException.forbidden("Only members of %s can change it.".formatted(publisher));
        }
        return adapter;
    }

    /**
     * The repository of this name without an adapter; empty if it has one.
     *
     * @throws ProblemException if the viewer can see neither, or must not change the repository
     */
    Optional<Repository> ownRepository(String publisher, String name) {
        if (!(adapters.visibleModerated(publisher, name) instanceof Repository repository)) return Optional.empty();
        if (!rights.mayEdit(repository)) {
            throw ProblemException.forbidden("Only members of %s can change it.".formatted(publisher));
        }
        return Optional.of(repository);
    }

    /** @throws ProblemException if the viewer cannot see the adapter, or must not delete it */
    Adapter deletable(String publisher, String name) {
        return requireDeletable(adapters.visible(publisher, name));
    }

    /** @throws ProblemException if the viewer cannot see the adapter or repository, or must not delete it */
    ModeratedEntity deletableModerated(String publisher, String name) {
        return requireDeletable(adapters.visibleModerated(publisher, name));
    }

    private <T extends ModeratedEntity> T requireDeletable(T moderated) {
        if (rights.mayDelete(moderated)) return moderated;
        throw ProblemException.forbidden("Only members of %s can delete it.".formatted(moderated.publisher.name));
    }

    /**
     * @param edition that the caller saw; the change is refused if it is no longer current
     * @param unreadable errors found while parsing the change
     * @throws ProblemException with everything that prevents the change; nothing has been changed then
     */
    @Transactional
    public Adapter change(
            String publisher, String name, AdapterChange change, int edition, List<FieldError> unreadable) {
        if (audit.isFrequent("adapter.edit", MOST_CHANGES, Instant.now().minus(HOUR))) {
            throw ProblemException.tooMany(
                    "You have changed cards %,d times in the last hour; wait before you change another."
                            .formatted(MOST_CHANGES),
                    PAUSE);
        }
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
        if (!card.equals(Card.of(adapter))) {
            adapter.publisher.soleMember().map(CardChangeEvent::new).ifPresent(changes::fire);
        }
        card.writeTo(adapter);
        visibility.ifPresent(v -> adapter.visibility = v);
        notes.forEach((version, text) -> version.notes = text);
        // In the database's precision, so that the response has the same ETag as the next GET.
        adapter.updatedAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Adapter.flush();
        audit.log("adapter.edit", adapter.address(), "");
        return adapter;
    }

    /**
     * Changes the fields that the JSON object has, by the names of the API, whatever the adapter's edition is.
     *
     * @throws ProblemException with everything that prevents the change; nothing has been changed then
     */
    @Transactional
    public Adapter change(Adapter adapter, ObjectNode fields) {
        AdapterChange change = AdapterChange.of(fields);
        return change(adapter.publisher.name, adapter.name, change, adapter.edition, List.of());
    }

    /** Changes who can see a repository without an adapter. The caller has checked that the viewer may. */
    @Transactional
    public void show(Long repositoryId, Visibility visibility) {
        Repository repository = Repository.locked(repositoryId);
        if (repository == null) throw ProblemException.notFound("repository");
        repository.visibility = visibility;
        audit.log("repository.edit", repository.address(), "");
    }

    /**
     * Moves an adapter to another name or publisher; addresses that name it otherwise lead nowhere from then on.
     *
     * @throws ProblemException if the viewer is not a member of both publishers, or the name is taken or malformed
     */
    @Transactional
    public Adapter move(String publisher, String name, Publisher to, String toName) {
        Adapter adapter = own(publisher, name);
        if (!rights.mayPublishAs(to)) {
            throw ProblemException.forbidden("Only members of %s can move adapters there.".formatted(to.name));
        }
        PublishingRules.nameFault(toName).ifPresent(fault -> {
            throw ProblemException.invalid(List.of(fault));
        });
        Publisher.findById(to.id, LockModeType.PESSIMISTIC_WRITE); // names are given out one at a time
        if (Adapter.at(to.name, toName).isPresent()) {
            throw ProblemException.conflict("%s/%s already exists.".formatted(to.name, toName));
        }
        String from = adapter.address();
        adapter.publisher = Publisher.findById(to.id);
        adapter.name = toName;
        adapter.updatedAt = Instant.now();
        Adapter.flush();
        audit.log("adapter.move", adapter.address(), from);
        return adapter;
    }

    /**
     * Deletes a repository without an adapter, or an adapter with its versions. Adapters composed from it remain, but no longer name it. The sweep removes
     * files that are not used elsewhere.
     */
    @Transactional
    public void delete(String publisher, String name, int edition) {
        if (deletableModerated(publisher, name) instanceof Repository repository) {
            delete(repository, edition);
            return;
        }
        Adapter unlocked = deletable(publisher, name);
        lockForDeletion(unlocked);
        Adapter adapter = locked(unlocked, edition);
        deletions.fire(new AdapterDeletionEvent(adapter));
        if (!rights.mayEdit(adapter)) notifyMembers(adapter);
        Adapter.getEntityManager()
                .createNativeQuery("delete from version_part where part_id in"
                        + " (select id from adapter_version where adapter_id = ?1)")
                .setParameter(1, adapter.id)
                .executeUpdate();
        audit.log("adapter.delete", adapter.address(), adapter.title);
        adapter.delete();
        Adapter.flush();
    }

    private void delete(Repository repository, int edition) {
        if (repository.edition != edition) throw ProblemException.changed();
        if (!rights.mayEdit(repository)) notifyMembers(repository);
        audit.log("repository.delete", repository.address(), "");
        repository.delete();
        Repository.flush();
    }

    private void notifyMembers(ModeratedEntity adapter) {
        String title = "%s was deleted.".formatted(adapter.address());
        adapter.publisher.members.forEach(member -> inbox.send(member.id, title, "An administrator deleted it.", ""));
    }

    private static Adapter locked(Adapter adapter, int edition) {
        if (adapter.edition != edition) throw ProblemException.changed();
        try {
            return Adapter.findById(adapter.id, LockModeType.PESSIMISTIC_WRITE);
        } catch (OptimisticLockException e) {
            throw ProblemException.changed(); // or deleted, since it was read
        }
    }

    /**
     * The new release notes of versions.
     *
     * @param versions newest first
     * @param faults receives every error
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

    /** Field name for errors in a version's notes. */
    static String notesField(String label) {
        return "version_notes." + label;
    }

    private static String notes(String field, String typed, List<FieldError> faults) {
        String text = CardText.block(typed);
        if (text.length() > PublishingRules.LONGEST_NOTES) {
            faults.add(new FieldError(field, "Write at most %,d characters.".formatted(PublishingRules.LONGEST_NOTES)));
        }
        return text;
    }

    /**
     * Locks everything that the deletion removes or detaches, until the transaction ends. Concurrent operations that
     * refer to the adapter either complete first and are then found, or come later and no longer find the adapter.
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

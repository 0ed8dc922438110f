package io.lorahub.composition;

import io.lorahub.account.Person;
import io.lorahub.storage.DatabaseClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;

/** Keeps what members type. */
@ApplicationScoped
public class ComposeDrafts {

    private final DatabaseClock clock;

    ComposeDrafts(DatabaseClock clock) {
        this.clock = clock;
    }

    public Optional<ComposeForm> of(Person person) {
        return ComposeDraft.<ComposeDraft>findByIdOptional(person.id).map(draft -> draft.form);
    }

    @Transactional
    public void save(Person person, ComposeForm form) {
        ComposeDraft draft = ComposeDraft.findById(person.id);
        if (draft == null) {
            draft = new ComposeDraft();
            draft.personId = person.id;
        }
        draft.form = form;
        draft.savedAt = clock.now();
        draft.persist();
    }

    @Transactional
    public void discard(Person person) {
        ComposeDraft.deleteById(person.id);
    }
}

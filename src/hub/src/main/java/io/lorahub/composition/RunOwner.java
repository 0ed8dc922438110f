package io.lorahub.composition;

import io.lorahub.account.Person;
import jakarta.persistence.LockModeType;
import java.util.Optional;

/**
 * The owner of a run: a member, or a visitor identified only by a cookie.
 *
 * @param person  empty for a visitor
 * @param visitor SHA-256 of the cookie in hexadecimal; empty for a member
 */
public record RunOwner(Optional<Person> person, Optional<String> visitor) {

    public RunOwner {
        if (person.isPresent() == visitor.isPresent()) {
            throw new IllegalArgumentException("A run belongs to a member or to a visitor.");
        }
    }

    public static RunOwner member(Person person) {
        return new RunOwner(Optional.of(person), Optional.empty());
    }

    public static RunOwner visitor(String hash) {
        return new RunOwner(Optional.empty(), Optional.of(hash));
    }

    public static RunOwner of(CompositionRun run) {
        return new RunOwner(Optional.ofNullable(run.person), Optional.ofNullable(run.visitor));
    }

    boolean owns(CompositionRun run) {
        return person.isPresent()
                ? run.person != null && run.person.id.equals(person.get().id)
                : visitor.get().equals(run.visitor);
    }

    /**
     * Makes other requests of this owner wait until the caller's transaction ends, so that the limits hold for
     * simultaneous requests too. All visitors wait for each other, because they share a limit.
     */
    public void lock() {
        if (person.isPresent()) Person.findById(person.get().id, LockModeType.PESSIMISTIC_WRITE);
        else {
            Person.getEntityManager()
                    .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtext('visitors'))")
                    .getSingleResult();
        }
    }

    /** Number of the owner's runs that are queued or running. */
    public long active() {
        return person.isPresent()
                ? CompositionRun.count("person = ?1 and state in ('QUEUED', 'RUNNING')", person.get())
                : CompositionRun.count("visitor = ?1 and state in ('QUEUED', 'RUNNING')", visitor.get());
    }
}

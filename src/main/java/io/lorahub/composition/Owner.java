package io.lorahub.composition;

import io.lorahub.account.Person;
import java.util.Optional;

/**
 * Whose a run is: a member's, or a visitor's who is known by a cookie only.
 *
 * @param person  empty for a visitor
 * @param visitor the SHA-256 of the cookie in hexadecimal; empty for a member
 */
public record Owner(Optional<Person> person, Optional<String> visitor) {

    public Owner {
        if (person.isPresent() == visitor.isPresent()) {
            throw new IllegalArgumentException("A run belongs to a member or to a visitor.");
        }
    }

    public static Owner member(Person person) {
        return new Owner(Optional.of(person), Optional.empty());
    }

    public static Owner visitor(String hash) {
        return new Owner(Optional.empty(), Optional.of(hash));
    }

    boolean owns(CompositionRun run) {
        return person.isPresent()
                ? run.person != null && run.person.id.equals(person.get().id)
                : visitor.get().equals(run.visitor);
    }

    /** How many runs of theirs wait or run. */
    long active() {
        return person.isPresent()
                ? CompositionRun.count("person = ?1 and state in ('QUEUED', 'RUNNING')", person.get())
                : CompositionRun.count("visitor = ?1 and state in ('QUEUED', 'RUNNING')", visitor.get());
    }
}

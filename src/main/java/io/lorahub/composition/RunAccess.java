package io.lorahub.composition;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import java.util.Optional;

/**
 * Who watches runs for long, so that what changes meanwhile can be asked again: a run is no longer shared, an account is
 * banned.
 *
 * @param admin whether the account was an admin's when the watch began
 */
record RunAccess(Optional<Long> person, Optional<String> visitor, boolean admin) {

    boolean sees(CompositionRun run) {
        return run.shared
                || admin
                || person.filter(id -> run.person != null && run.person.id.equals(id))
                        .isPresent()
                || visitor.filter(hash -> hash.equals(run.visitor)).isPresent();
    }

    /** Whether the account is still what it was; asks the database. */
    boolean holds() {
        if (person.isEmpty()) return true;
        Person account = Person.findById(person.get());
        return account != null && !account.isBanned() && (!admin || account.role == Role.ADMIN);
    }
}

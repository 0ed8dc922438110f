package io.lorahub.composition;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import java.util.Optional;

/**
 * The rights of someone who is watching a run. They are checked repeatedly, because the run may stop being shared or
 * the account may be banned.
 *
 * @param admin whether the account was an admin's when the watch began
 */
public record RunAccess(Optional<Long> person, Optional<String> visitor, boolean admin) {

    public boolean sees(CompositionRun run) {
        return run.shared
                || admin
                || person.filter(id -> run.person != null && run.person.id.equals(id))
                        .isPresent()
                || visitor.filter(hash -> hash.equals(run.visitor)).isPresent();
    }

    /** Whether the account still has the same rights; queries the database. */
    public boolean holds() {
        if (person.isEmpty()) return true;
        Person account = Person.findById(person.get());
        return account != null && !account.isBanned() && (!admin || account.role == Role.ADMIN);
    }
}

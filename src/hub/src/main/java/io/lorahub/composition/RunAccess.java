package io.lorahub.composition;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import java.util.Optional;

/**
 * The rights of someone who is watching a run. They are checked repeatedly, because the run may stop being shared, the session
 * or token may be ended, or the account may be banned.
 *
 * @param session that the person is signed in with; empty with a token
 * @param token   empty with a session
 * @param admin   whether the account was an admin's when the watch began
 */
public record RunAccess(
        Optional<Long> person, Optional<Long> session, Optional<Long> token, Optional<String> visitor, boolean admin) {

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
        return account != null
                && !account.isBanned()
                && (!admin || account.role == Role.ADMIN)
                && session.map(id -> PersonSession.findById(id) != null).orElse(true)
                && token.map(RunAccess::isValid).orElse(true);
    }

    private static boolean isValid(Long token) {
        return AccessToken.count("id = ?1 and revokedAt is null and (expiresAt is null or expiresAt > instant)", token)
                > 0;
    }
}

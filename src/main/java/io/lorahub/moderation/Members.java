package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.Viewer;
import io.lorahub.audit.Audit;
import io.lorahub.web.ProblemException;
import io.quarkus.panache.common.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.NotFoundException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What moderators and admins may do with members. */
@ApplicationScoped
public class Members {

    static final int REASON = 500;

    private final Viewer viewer;
    private final Audit audit;

    Members(Viewer viewer, Audit audit) {
        this.viewer = viewer;
        this.audit = audit;
    }

    /** Those whose name begins with a text, by name, after a name. */
    public List<Person> page(String begins, String after, int limit) {
        String prefix = begins == null ? "" : begins.strip().toLowerCase(Locale.ROOT);
        return Person.<Person>find(
                        "left(name, length(?1)) = ?1 and name > ?2 order by name", prefix, after == null ? "" : after)
                .page(Page.ofSize(limit))
                .list();
    }

    public Person named(String name) {
        return Person.named(name).orElseThrow(() -> new NotFoundException("There is no member " + name + "."));
    }

    /** Ends all sessions at once; tokens of who is banned are refused. Adapters stay as they are. */
    @Transactional
    public void ban(String name, String reason) {
        Person person = decidable(name);
        String given = reason == null ? "" : reason.strip();
        if (given.isEmpty())
            throw ProblemException.invalid("reason", "Say why; the member reads it at the next sign-in.");
        if (given.length() > REASON) {
            throw ProblemException.invalid("reason", "Write at most %d characters.".formatted(REASON));
        }
        person.bannedAt = Instant.now();
        person.banReason = given;
        PersonSession.delete("person", person);
        audit.log("member.ban", name, given);
    }

    @Transactional
    public void unban(String name) {
        Person person = decidable(name);
        person.bannedAt = null;
        person.banReason = null;
        audit.log("member.unban", name, "");
    }

    /** For admins. There is always one admin at least. */
    @Transactional
    public void changeRole(String name, Role role) {
        Person person = named(name);
        if (person.role == role) return;
        // locked, so that two admins cannot take the role from each other at the same moment
        List<Person> admins = Person.<Person>find("role = ?1 and bannedAt is null", Role.ADMIN)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
        if (person.role == Role.ADMIN && admins.size() == 1) {
            throw ProblemException.conflict("%s is the only admin; make another one first.".formatted(name));
        }
        audit.log("member.role", name, "%s to %s".formatted(person.role, role).toLowerCase(Locale.ROOT));
        person.role = role;
    }

    private Person decidable(String name) {
        Person person = named(name);
        if (viewer.id().filter(person.id::equals).isPresent()) {
            throw ProblemException.conflict("This is your own account.");
        }
        if (person.role != Role.MEMBER && !viewer.isAdmin()) {
            throw ProblemException.forbidden("Only an admin may ban or unban a moderator or an admin.");
        }
        return person;
    }
}

package io.lorahub.moderation;

import io.lorahub.account.LastAdministrator;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.Viewer;
import io.lorahub.account.signin.SecondFactors;
import io.lorahub.audit.Audit;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.web.ProblemException;
import io.quarkus.panache.common.Page;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.NotFoundException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Actions of moderators and admins on members. An access token cannot change accounts. */
@ApplicationScoped
public class Members {

    static final int REASON = 500;

    private final Viewer viewer;
    private final LastAdministrator administrators;
    private final SecondFactors factors;
    private final NotificationInbox inbox;
    private final Audit audit;

    Members(
            Viewer viewer,
            LastAdministrator administrators,
            SecondFactors factors,
            NotificationInbox inbox,
            Audit audit) {
        this.factors = factors;
        this.inbox = inbox;
        this.viewer = viewer;
        this.administrators = administrators;
        this.audit = audit;
    }

    /** Members whose name begins with a prefix, sorted by name, starting after a name. */
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

    /** Ends all sessions immediately; access tokens of a banned person are rejected. Adapters are unaffected. */
    @Transactional
    public void ban(String name, String reason) {
        administrators.lock();
        viewer.requireSession();
        Person person = decidable(name);
        String given = reason == null ? "" : reason.strip();
        if (given.isEmpty())
            throw ProblemException.invalid("reason", "Give a reason; the member sees it at the next sign-in.");
        if (given.length() > REASON) {
            throw ProblemException.invalid("reason", "Write at most %d characters.".formatted(REASON));
        }
        if (person.isBanned()) {
            throw ProblemException.conflict(
                    "%s is banned already. The reason given: %s Lift the ban first if you want to give another."
                            .formatted(name, sentence(person.banReason)));
        }
        if (administrators.needs(person)) throw lastAdmin(name);
        person.bannedAt = Instant.now();
        person.banReason = given;
        PersonSession.delete("person", person);
        audit.log("member.ban", name, given);
    }

    private static String sentence(String text) {
        return text.matches("(?s).*[.!?]") ? text : text + ".";
    }

    /** @return false if the person isn't banned */
    @Transactional
    public boolean unban(String name) {
        viewer.requireSession();
        Person person = decidable(name);
        if (!person.isBanned()) return false;
        person.bannedAt = null;
        person.banReason = null;
        audit.log("member.unban", name, "");
        return true;
    }

    /** For admins. At least one admin always remains. */
    @Transactional
    public void changeRole(String name, Role role) {
        administrators.lock();
        viewer.requireSession();
        Person person = named(name);
        if (person.role == role) return;
        if (administrators.needs(person)) throw lastAdmin(name);
        audit.log("member.role", name, "%s to %s".formatted(person.role, role).toLowerCase(Locale.ROOT));
        person.role = role;
    }

    public boolean hasSecondFactor(Person person) {
        return factors.of(person).isPresent();
    }

    /** Afterwards the password alone is enough to sign in, so the member is notified. */
    @Transactional
    public void removeSecondFactor(String name) {
        viewer.requireSession();
        Person person = named(name);
        if (!factors.remove(person)) throw ProblemException.conflict("%s has no second factor.".formatted(name));
        inbox.send(
                person.id,
                "Your second factor was turned off",
                "An administrator turned it off. If you didn't ask for that, tell them. Otherwise set it up again.",
                "/settings/second-factor");
    }

    private static ProblemException lastAdmin(String name) {
        return ProblemException.conflict("%s is the only admin. Make someone else an admin first.".formatted(name));
    }

    /**
     * Whether the viewer can ban or unban a person: never themselves; a moderator or an admin only if the viewer is an
     * admin.
     */
    public boolean canBan(Person person) {
        return !isViewer(person) && (person.role == Role.MEMBER || viewer.isAdmin());
    }

    private boolean isViewer(Person person) {
        return viewer.id().filter(person.id::equals).isPresent();
    }

    private Person decidable(String name) {
        Person person = named(name);
        if (isViewer(person)) throw ProblemException.conflict("This is your own account.");
        if (!canBan(person)) {
            throw ProblemException.forbidden("Only an admin can ban or unban a moderator or an admin.");
        }
        return person;
    }
}

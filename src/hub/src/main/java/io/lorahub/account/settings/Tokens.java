package io.lorahub.account.settings;

import io.lorahub.account.AccessToken;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Creates, lists and revokes access tokens. */
@ApplicationScoped
public class Tokens {

    /** Possible lifetimes of tokens, in days; absent for tokens that do not expire. */
    static final List<Integer> DAYS = List.of(7, 30, 90, 365);

    /** Maximum number of valid tokens per person. */
    private static final int MOST = 100;

    private static final int LONGEST_NAME = 100;
    private static final int ENDING = 4;

    private final Audit audit;

    Tokens(Audit audit) {
        this.audit = audit;
    }

    /** @param secret shown once, and not stored */
    public record Made(AccessToken token, Secret secret) {}

    /** @return null if the text is not a scope */
    static Scope scope(String text) {
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.name().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null);
    }

    /** @param text a number, or "never"; anything else becomes a number that {@link #make} rejects */
    static Optional<Integer> days(String text) {
        if (text.equals("never")) return Optional.empty();
        return Optional.of(text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0);
    }

    /** Tokens that are not revoked, including expired ones, newest first. */
    @Transactional
    public List<AccessToken> of(Person person) {
        return AccessToken.list("person = ?1 and revokedAt is null order by id desc", person);
    }

    /**
     * @param days one of {@link #DAYS}; empty for a token that does not expire
     * @throws ProblemException with all errors
     */
    @Transactional
    public Made make(Person person, String typedName, Scope scope, Optional<Integer> days) {
        // Locked, so that concurrent requests are counted too.
        Person locked = Person.findById(person.id, LockModeType.PESSIMISTIC_WRITE);
        String name = typedName.strip();
        List<FieldError> causes = new ArrayList<>();
        if (name.isEmpty())
            causes.add(new FieldError("name", "Say what the token is for, such as the machine that uses it."));
        if (name.length() > LONGEST_NAME) {
            causes.add(new FieldError(
                    "name", "This has %d characters; at most %d are possible.".formatted(name.length(), LONGEST_NAME)));
        }
        SingleLineText.fault(name).ifPresent(fault -> causes.add(new FieldError("name", fault)));
        scopeFault(scope, locked).ifPresent(message -> causes.add(new FieldError("scope", message)));
        if (days.isPresent() && !DAYS.contains(days.get())) {
            causes.add(new FieldError("days", "Choose one of %s days, or never.".formatted(DAYS)));
        }
        if (AccessToken.count("person = ?1 and revokedAt is null", person) >= MOST) {
            causes.add(new FieldError("You have %d tokens. Revoke one that you no longer use.".formatted(MOST)));
        }
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        return create(person, name, scope, days);
    }

    private static Optional<String> scopeFault(Scope scope, Person person) {
        if (scope == null) return Optional.of("Choose generate, read, write or administer.");
        if (scope == Scope.ADMINISTER && person.role == Role.MEMBER) {
            return Optional.of("Only moderators and admins can create a token with the scope administer.");
        }
        return Optional.empty();
    }

    private Made create(Person person, String name, Scope scope, Optional<Integer> days) {
        Secret secret = Secret.random(Secret.TOKEN_PREFIX);
        AccessToken token = new AccessToken();
        token.secretHash = secret.hash();
        token.person = person;
        token.name = name;
        token.scope = scope;
        token.ending = secret.text().substring(secret.text().length() - ENDING);
        token.expiresAt =
                days.map(count -> Instant.now().plus(Duration.ofDays(count))).orElse(null);
        token.persist();
        audit.log(person.name, "account.make-token", person.name, scope + " …" + token.ending);
        return new Made(token, secret);
    }

    /** @return false if the person has no such valid token */
    @Transactional
    public boolean revoke(Person person, long id) {
        Optional<AccessToken> active = AccessToken.find("id = ?1 and person = ?2 and revokedAt is null", id, person)
                .firstResultOptional();
        active.ifPresent(token -> {
            token.revokedAt = Instant.now();
            audit.log(person.name, "account.revoke-token", person.name, token.scope + " …" + token.ending);
        });
        return active.isPresent();
    }
}

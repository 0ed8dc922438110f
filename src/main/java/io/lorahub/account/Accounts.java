package io.lorahub.account;

import io.quarkus.elytron.security.common.BcryptUtil;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;

/** Makes persons and signs them in, in the caller's transaction. */
@ApplicationScoped
public class Accounts {

    /** How long a browser stays signed in. */
    static final Duration SESSION = Duration.ofDays(30);

    /** A new member with the publisher of the same name. The name must be free and well formed. */
    public Person register(String name, String password) {
        Person person = new Person();
        person.name = name;
        person.passwordHash = BcryptUtil.bcryptHash(password);
        person.persist();
        Publisher publisher = new Publisher();
        publisher.name = name;
        publisher.members.add(person);
        publisher.persist();
        return person;
    }

    /** A new session; the secret goes into the cookie. */
    public Secret open(Person person, String userAgent) {
        Secret secret = Secret.random("");
        PersonSession session = new PersonSession();
        session.secretHash = secret.hash();
        session.person = person;
        session.userAgent = userAgent;
        session.expiresAt = Instant.now().plus(SESSION);
        session.persist();
        return secret;
    }
}

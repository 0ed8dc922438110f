package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.AccessToken;
import io.lorahub.account.CredentialProvider;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.account.signin.Sessions;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What tests need in the database before they begin: persons, their cookies and tokens, adapters. */
@ApplicationScoped
public class Hub {

    public static final String PASSWORD = "correct horse battery";

    /** At the lowest cost, because each of some thousand tests makes people and some sign them in. */
    private static final String PASSWORD_HASH = "$2a$04$kExRIJkHnOeh7jUkvtEJguFI3P.ZChMwH.zFieKM/JLF9LEol4LH6";

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Sessions sessions;
    private final CurrentIdentityAssociation current;

    Hub(Sessions sessions, CurrentIdentityAssociation current) {
        this.sessions = sessions;
        this.current = current;
    }

    /** From now on the test itself is this person, as in a request of theirs; null for anonymous. */
    public void actAs(Person person) {
        current.setIdentity(
                person == null
                        ? QuarkusSecurityIdentity.builder().setAnonymous(true).build()
                        : CredentialProvider.identity(person).build());
    }

    /** A new person with a unique name; the password is {@link #PASSWORD}. */
    @Transactional
    public Person person(Role role) {
        Person person = new Person();
        person.name = "member-" + COUNT.incrementAndGet();
        person.passwordHash = PASSWORD_HASH;
        person.role = role;
        person.persist();
        Publisher publisher = new Publisher();
        publisher.name = person.name;
        publisher.members.add(person);
        publisher.persist();
        return person;
    }

    /** The value of a session cookie of theirs. */
    @Transactional
    public String session(Person person) {
        return sessions.open(Person.<Person>findById(person.id), "test").text();
    }

    @Transactional
    public String token(Person person, AccessToken.Scope scope) {
        Secret secret = Secret.random(Secret.TOKEN_PREFIX);
        AccessToken token = new AccessToken();
        token.secretHash = secret.hash();
        token.person = Person.findById(person.id);
        token.name = "test";
        token.scope = scope;
        token.ending = secret.text().substring(secret.text().length() - 4);
        token.persist();
        return secret.text();
    }

    /** A published adapter with one version that has no files. */
    @Transactional
    public Adapter adapter(Person owner, Visibility visibility) {
        Adapter adapter = new Adapter();
        adapter.publisher = Publisher.named(owner.name).orElseThrow();
        adapter.name = "adapter-" + COUNT.incrementAndGet();
        adapter.visibility = visibility;
        adapter.baseModel = "lorahub/demo-base";
        adapter.title = "Prefix un-";
        adapter.summary = "Puts un before a word.";
        adapter.licence = "MIT";
        adapter.tags = List.of("spelling");
        adapter.languages = List.of("en");
        adapter.exampleInput = "happy";
        adapter.exampleOutput = "unhappy";
        adapter.rank = 8;
        adapter.targetModules = List.of("q", "v");
        adapter.persist();
        AdapterVersion version = new AdapterVersion();
        version.adapter = adapter;
        version.number = 1;
        version.label = "1.0.0";
        version.facts = JsonNodeFactory.instance.objectNode();
        version.findings = JsonNodeFactory.instance.arrayNode();
        version.persist();
        return adapter;
    }
}

package io.lorahub.account.settings;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;

/** Reads and writes persons' details; the name and the text also appear on the member page. */
@ApplicationScoped
public class Profiles {

    private final Audit audit;

    Profiles(Audit audit) {
        this.audit = audit;
    }

    @Transactional
    public Profile of(Person person) {
        String about = Publisher.named(person.name).map(own -> own.about).orElse("");
        return new Profile(person.displayName, person.email, about);
    }

    /** @throws ProblemException with all errors */
    @Transactional
    public void save(Person person, Profile profile) {
        List<FieldError> causes = profile.faults();
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        Person stored = Person.findById(person.id);
        stored.displayName = profile.displayName();
        stored.email = profile.email().isEmpty() ? null : profile.email();
        Publisher.named(person.name).ifPresent(own -> {
            own.title = profile.displayName();
            own.about = profile.about();
        });
        audit.log(person.name, "account.change-profile", person.name, "");
    }
}

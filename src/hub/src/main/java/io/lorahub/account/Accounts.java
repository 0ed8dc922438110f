package io.lorahub.account;

import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;

/** Creates persons, each with a publisher of the same name. */
@ApplicationScoped
public class Accounts {

    private final EntityManager database;
    private final Audit audit;
    private final RequestBudgets budgets;

    Accounts(EntityManager database, Audit audit, RequestBudgets budgets) {
        this.database = database;
        this.audit = audit;
        this.budgets = budgets;
    }

    /** @throws ProblemException with all errors in name and password */
    public Person register(String typedName, NewPassword password, Role role) {
        String name = AccountName.canonical(typedName);
        List<FieldError> causes = new ArrayList<>();
        QuarkusTransaction.joiningExisting().call(() -> nameFault(name)).ifPresent(causes::add);
        causes.addAll(password.faults(name));
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        // outside of a transaction, because others may come first
        String hash = budgets.current().compute(() -> Passwords.hash(password.text()));
        return QuarkusTransaction.joiningExisting().call(() -> makeChecked(name, hash, role));
    }

    /** Creates a member without a password. */
    @Transactional
    public Person register(String typedName) {
        String name = AccountName.canonical(typedName);
        nameFault(name).ifPresent(cause -> {
            throw ProblemException.invalid(List.of(cause));
        });
        return makeChecked(name, null, Role.MEMBER);
    }

    private Optional<FieldError> nameFault(String name) {
        Optional<String> fault = AccountName.fault(name);
        if (fault.isEmpty() && !isFree(name)) fault = Optional.of(taken(name));
        return fault.map(message -> new FieldError("name", message));
    }

    private boolean isFree(String name) {
        return Person.named(name).isEmpty() && Publisher.named(name).isEmpty() && !isRetired(name);
    }

    private boolean isRetired(String name) {
        return !database.createNativeQuery("select 1 from retired_name where name = :name")
                .setParameter("name", name)
                .getResultList()
                .isEmpty();
    }

    /** Two concurrent requests can both find the name free; the database lets only one of them have it. */
    private Person makeChecked(String name, String passwordHash, Role role) {
        try {
            Person person = make(name, passwordHash, role);
            database.flush();
            audit.log(
                    name,
                    "account.register",
                    name,
                    role == Role.MEMBER ? "" : role.name().toLowerCase(Locale.ROOT));
            return person;
        } catch (ConstraintViolationException e) {
            throw ProblemException.invalid("name", taken(name));
        }
    }

    private static String taken(String name) {
        return "The name " + name + " is taken; choose another one.";
    }

    private Person make(String name, String passwordHash, Role role) {
        Person person = new Person();
        person.name = name;
        person.passwordHash = passwordHash;
        person.role = role;
        person.persist();
        Publisher publisher = new Publisher();
        publisher.name = name;
        publisher.members.add(person);
        publisher.persist();
        return person;
    }
}

package io.lorahub.account.deletion;

import io.lorahub.account.AccountName;
import io.lorahub.account.LastAdministrator;
import io.lorahub.account.Person;
import io.lorahub.account.settings.PasswordChange;
import io.lorahub.adapter.Adapter;
import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes accounts. Adapters that others use do not vanish as a side effect: adapters without another owner, including
 * private ones, must be deleted one by one first, on their own pages, which explain the consequences.
 */
@ApplicationScoped
public class AccountDeletion {

    private final EntityManager database;
    private final LastAdministrator administrators;
    private final PasswordChange passwords;
    private final Audit audit;

    AccountDeletion(EntityManager database, LastAdministrator administrators, PasswordChange passwords, Audit audit) {
        this.database = database;
        this.administrators = administrators;
        this.passwords = passwords;
        this.audit = audit;
    }

    /** Adapters without another owner, sorted by address. */
    @Transactional
    public List<Adapter> adaptersOf(Person person) {
        return Adapter.list("""
                select a from Adapter a join fetch a.publisher p where ?1 member of p.members and size(p.members) = 1
                order by p.name, a.name""", person);
    }

    /**
     * @param confirmation the current password, or the name if the person has no password
     * @param session      the session in which the person is signed in
     * @throws ProblemException if the confirmation is wrong, the person still has adapters, or nobody else could
     *                          administer the hub
     */
    public void delete(Person person, String confirmation, long session) {
        List<FieldError> causes = new ArrayList<>();
        if (!adaptersOf(person).isEmpty()) causes.add(new FieldError("Delete your adapters first."));
        confirmationFault(person, confirmation, session).ifPresent(causes::add);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        QuarkusTransaction.joiningExisting().run(() -> {
            administrators.lock();
            if (administrators.needs(person)) {
                throw ProblemException.conflict(
                        "You are the only administrator. Make someone else an administrator first.");
            }
            forget(person);
        });
    }

    /** Takes a moment, so don't call it while others wait for a lock of this transaction. */
    private Optional<FieldError> confirmationFault(Person person, String confirmation, long session) {
        if (person.passwordHash != null) return passwords.currentFault(person, confirmation, session);
        return AccountName.canonical(confirmation).equals(person.name)
                ? Optional.empty()
                : Optional.of(new FieldError("current", "Type your account name, " + person.name + "."));
    }

    private void forget(Person person) {
        audit.log(person.name, "account.delete", person.name, "");
        run("insert into retired_name (name) select name from person where id = :person", person);
        run("""
                update adapter set likes = greatest(0, likes - 1)
                where id in (select adapter_id from adapter_like where person_id = :person)""", person);
        run("""
                delete from publisher p where id in (select publisher_id from publisher_member where person_id = :person)
                and not exists (select 1 from publisher_member where publisher_id = p.id and person_id <> :person)""", person);
        run("delete from person where id = :person", person);
    }

    private void run(String sql, Person person) {
        database.createNativeQuery(sql).setParameter("person", person.id).executeUpdate();
    }
}

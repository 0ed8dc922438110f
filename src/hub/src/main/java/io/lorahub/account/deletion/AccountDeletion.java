package io.lorahub.account.deletion;

import io.lorahub.account.AccountName;
import io.lorahub.account.LastAdministrator;
import io.lorahub.account.Person;
import io.lorahub.account.settings.PasswordChange;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.editing.AdapterEditing;
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
 * private ones, are deleted with the account only if its owner agrees to that, told how many others depend on them.
 */
@ApplicationScoped
public class AccountDeletion {

    private final EntityManager database;
    private final LastAdministrator administrators;
    private final PasswordChange passwords;
    private final AdapterEditing editing;
    private final Audit audit;

    AccountDeletion(
            EntityManager database,
            LastAdministrator administrators,
            PasswordChange passwords,
            AdapterEditing editing,
            Audit audit) {
        this.database = database;
        this.administrators = administrators;
        this.passwords = passwords;
        this.editing = editing;
        this.audit = audit;
    }

    /**
     * Adapters without another owner, and what depends on them.
     *
     * @param adapters     sorted by address
     * @param compositions versions of other persons' adapters that contain one of them
     * @param runs         other persons' runs in which one of them is a candidate
     */
    public record OwnAdapters(List<Adapter> adapters, long compositions, long runs) {}

    @Transactional
    public OwnAdapters adaptersOf(Person person) {
        List<Adapter> adapters = Adapter.list("""
                select a from Adapter a join fetch a.publisher p where ?1 member of p.members and size(p.members) = 1
                order by p.name, a.name""", person);
        if (adapters.isEmpty()) return new OwnAdapters(adapters, 0, 0);
        List<Long> ids = adapters.stream().map(adapter -> adapter.id).toList();
        long compositions = count("""
                select count(distinct p.version_id) from version_part p
                  join adapter_version part on part.id = p.part_id
                  join adapter_version made on made.id = p.version_id
                where part.adapter_id in (:ids) and made.adapter_id not in (:ids)""", ids);
        long runs = count("""
                select count(distinct c.run_id) from composition_candidate c
                  join adapter_version v on v.id = c.version_id
                  join composition_run r on r.id = c.run_id
                where v.adapter_id in (:ids) and r.person_id is distinct from %d""".formatted(person.id), ids);
        return new OwnAdapters(adapters, compositions, runs);
    }

    private long count(String sql, List<Long> ids) {
        return (Long) database.createNativeQuery(sql, Long.class)
                .setParameter("ids", ids)
                .getSingleResult();
    }

    /**
     * @param confirmation the current password, or the name if the person has no password
     * @param adapters     how many adapters the person has seen and agreed to delete; 0 for none
     * @param session      the session in which the person is signed in
     * @throws ProblemException if the confirmation is wrong, the person still has adapters, or nobody else could
     *                          administer the hub
     */
    public void delete(Person person, String confirmation, int adapters, long session) {
        List<FieldError> causes = new ArrayList<>();
        List<Adapter> own = adaptersOf(person).adapters();
        if (adapters != own.size()) {
            causes.add(new FieldError(
                    "adapters",
                    adapters == 0
                            ? "Agree that your adapters are deleted too, or delete them first."
                            : "Your adapters have changed meanwhile. Look at them again."));
        }
        confirmationFault(person, confirmation, session).ifPresent(causes::add);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        QuarkusTransaction.joiningExisting().run(() -> {
            requireAnotherAdministrator(person);
            own.forEach(adapter -> editing.delete(adapter.publisher.name, adapter.name, adapter.edition));
            administrators.lock(); // after what can take long, because others wait for it
            requireAnotherAdministrator(person);
            forget(person);
        });
    }

    private void requireAnotherAdministrator(Person person) {
        if (!administrators.needs(person)) return;
        throw ProblemException.conflict("You are the only administrator. Make someone else an administrator first.");
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
        String theirs = """
                from publisher p where id in (select publisher_id from publisher_member where person_id = :person)
                and not exists (select 1 from publisher_member where publisher_id = p.id and person_id <> :person)""";
        run("insert into retired_name (name) select name " + theirs + " on conflict do nothing", person);
        run("delete " + theirs, person);
        // their checks go on; nobody sends what is still missing, so the next sweep drops those
        run("""
                update upload set person_id = null,
                  updated_at = case when state = 'RECEIVING' and source_folder is null then 'epoch' else updated_at end
                where person_id = :person and base_model is not null""", person);
        run("delete from person where id = :person", person);
    }

    private void run(String sql, Person person) {
        database.createNativeQuery(sql).setParameter("person", person.id).executeUpdate();
    }
}

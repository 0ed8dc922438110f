package io.lorahub.basemodel;

import io.lorahub.account.Person;
import io.lorahub.engine.lora.config.CheckFinding;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/**
 * A base model that was sent here: it is checked, and if it can be used, a {@link BaseModelRecord} is made of it. Each
 * name has the latest one only.
 */
@Entity
@Table(name = "base_model_registration")
public class BaseModelRegistration extends PanacheEntityBase {

    @Id
    public UUID id = UUID.randomUUID();

    public String name;

    public String summary = "";

    public String licence;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    @Enumerated(EnumType.STRING)
    private RegistrationState state = RegistrationState.CHECKING;

    /** Why it was refused; empty otherwise. */
    @JdbcTypeCode(SqlTypes.JSON)
    public List<CheckFinding> findings = List.of();

    /** On a machine of the hub, until its files are copied to the store; null if they are there. */
    public String folder;

    /** How often its check was started. */
    public int tries;

    /** How often its check exceeded a limit. */
    public int overruns;

    /** Why its check broke off last, as a sentence; null if it did not. */
    public String interruption;

    @Column(name = "created_at")
    public Instant createdAt;

    /** When its check was started last; null if it waits. */
    @Column(name = "begun_at")
    public Instant begunAt;

    @Column(name = "ended_at")
    public Instant endedAt;

    /** SHA-256 of the content by file name; empty once it has ended. */
    @ElementCollection
    @CollectionTable(name = "base_model_registration_file", joinColumns = @JoinColumn(name = "registration_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    public static Optional<BaseModelRegistration> named(String name) {
        return find("name", name).firstResultOptional();
    }

    static Optional<BaseModelRegistration> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Newest first. */
    static List<BaseModelRegistration> newest(int most) {
        return BaseModelRegistration.<BaseModelRegistration>find("order by createdAt desc, id")
                .page(0, most)
                .list();
    }

    public RegistrationState getState() {
        return state;
    }

    public boolean isChecking() {
        return state == RegistrationState.CHECKING;
    }

    public boolean isCopying() {
        return isChecking() && folder != null;
    }

    void available(Instant at) {
        end(RegistrationState.AVAILABLE, at);
    }

    /** @param why at least one */
    void refuse(List<CheckFinding> why, Instant at) {
        end(RegistrationState.REFUSED, at);
        findings = List.copyOf(why);
    }

    private void end(RegistrationState next, Instant at) {
        if (!isChecking()) throw new IllegalStateException("The registration of %s is %s.".formatted(name, state));
        state = next;
        endedAt = at;
        interruption = null;
        folder = null;
        files.clear(); // the sweep removes what no base model has
    }
}

package io.lorahub.account.signin;

import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.audit.Audit;
import io.lorahub.serve.Serving;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Sets up, checks and removes second factors: time-based codes (RFC 6238), and recovery codes for a person who has lost
 * the app.
 */
@ApplicationScoped
public class SecondFactors {

    private static final Logger LOG = Logger.getLogger(SecondFactors.class);

    public static final int RECOVERY_CODES = 10;

    /** Accepted steps before and after the present one, for clocks that are slightly off. */
    private static final int TOLERATED = 1;

    /** Bytes of the secret that an app gets. */
    private static final int SECRET_LENGTH = 20;

    /** Bytes, which are 24 characters of base32: enough that a fast hash without salt keeps them secret. */
    private static final int RECOVERY_LENGTH = 15;

    private final SecondFactorKey key;
    private final EntityManager database;
    private final Audit audit;

    SecondFactors(SecondFactorKey key, EntityManager database, Audit audit) {
        this.key = key;
        this.database = database;
        this.audit = audit;
    }

    /** Encrypts secrets that earlier releases stored in plain text. */
    @Transactional
    public void encryptOld(@Observes Serving event) {
        if (!event.pages()) return; // a worker can have a data directory of its own, and so no key
        SecondFactor.<SecondFactor>list("secret not like 'v1:%'")
                .forEach(factor -> factor.secret = key.seal(factor.personId, factor.secret));
    }

    /** The active second factor. */
    @Transactional
    public Optional<SecondFactor> of(Person person) {
        return SecondFactor.<SecondFactor>findByIdOptional(person.id).filter(SecondFactor::isOn);
    }

    /** Secret of a second factor that is not yet confirmed by a code, in base32 as apps expect it. */
    @Transactional
    public Optional<String> unconfirmed(Person person) {
        return SecondFactor.<SecondFactor>findByIdOptional(person.id)
                .filter(factor -> !factor.isOn())
                .flatMap(this::secret);
    }

    private Optional<String> secret(SecondFactor factor) {
        return key.open(factor.personId, factor.secret);
    }

    /** Creates a secret, which has no effect until a code confirms it. */
    @Transactional
    public void begin(Person person) {
        Person.findById(person.id, LockModeType.PESSIMISTIC_WRITE);
        SecondFactor factor = SecondFactor.<SecondFactor>findByIdOptional(person.id)
                .orElseGet(() -> {
                    SecondFactor made = new SecondFactor();
                    made.personId = person.id;
                    return made;
                });
        if (factor.isOn()) throw ProblemException.conflict("The second factor is on; remove it first.");
        factor.secret = key.seal(person.id, TimeBasedCodes.secret(SECRET_LENGTH));
        factor.persist();
    }

    /**
     * Activates the second factor.
     *
     * @return recovery codes, which are shown only now; empty if the code is wrong
     */
    @Transactional
    public List<String> confirm(Person person, String code) {
        Optional<SecondFactor> pending = locked(person).filter(factor -> !factor.isOn());
        if (pending.isEmpty() || !takesAppCode(pending.get(), code)) return List.of();
        pending.get().confirmedAt = Instant.now();
        database.flush();
        List<String> made = new ArrayList<>();
        for (int i = 0; i < RECOVERY_CODES; i++) {
            String recovery = TimeBasedCodes.secret(RECOVERY_LENGTH);
            database.createNativeQuery("insert into recovery_code (person_id, secret_hash) values (:person, :hash)")
                    .setParameter("person", person.id)
                    .setParameter("hash", new Secret(recovery).hash())
                    .executeUpdate();
            made.add(recovery.replaceAll("(.{4})(?!$)", "$1-"));
        }
        audit.log(person.name, "account.second-factor-on", person.name, "");
        return made;
    }

    /** Accepts a code of the app or a recovery code, each only once. */
    @Transactional
    public boolean takes(Person person, String typed) {
        return locked(person)
                .filter(SecondFactor::isOn)
                .filter(factor -> takesAppCode(factor, typed) || takesRecoveryCode(person, typed))
                .isPresent();
    }

    /** @return false if the person has none */
    @Transactional
    public boolean remove(Person person) {
        boolean removed = SecondFactor.deleteById(person.id);
        if (removed) audit.log("account.second-factor-off", person.name, "");
        return removed;
    }

    @Transactional
    public long recoveryCodesOf(Person person) {
        return ((Number) database.createNativeQuery(
                                "select count(*) from recovery_code where person_id = :person", Long.class)
                        .setParameter("person", person.id)
                        .getSingleResult())
                .longValue();
    }

    private static Optional<SecondFactor> locked(Person person) {
        return SecondFactor.findByIdOptional(person.id, LockModeType.PESSIMISTIC_WRITE);
    }

    private boolean takesAppCode(SecondFactor factor, String typed) {
        Optional<String> secret = secret(factor);
        if (secret.isEmpty()) {
            LOG.error("The second factors were encrypted with another key. Restore second-factor.key from the hub's"
                    + " old data directory, or set LORAHUB_ACCOUNTS_SECRET_KEY to its old value.");
            return false;
        }
        byte[] code = typed.replace(" ", "").getBytes(StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond() / TimeBasedCodes.STEP;
        for (long step = now - TOLERATED; step <= now + TOLERATED; step++) {
            byte[] right = TimeBasedCodes.code(secret.get(), step).getBytes(StandardCharsets.UTF_8);
            if (step > factor.lastStep && MessageDigest.isEqual(right, code)) {
                factor.lastStep = step;
                return true;
            }
        }
        return false;
    }

    private boolean takesRecoveryCode(Person person, String typed) {
        String plain = typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
        boolean taken = database.createNativeQuery(
                                "delete from recovery_code where person_id = :person and secret_hash = :hash")
                        .setParameter("person", person.id)
                        .setParameter("hash", new Secret(plain).hash())
                        .executeUpdate()
                > 0;
        if (taken) audit.log(person.name, "account.recovery-code", person.name, "");
        return taken;
    }
}

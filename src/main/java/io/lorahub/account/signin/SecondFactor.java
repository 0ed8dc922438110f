package io.lorahub.account.signin;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** The authenticator app of a person. */
@Entity
@Table(name = "second_factor")
public class SecondFactor extends PanacheEntityBase {

    @Id
    @Column(name = "person_id")
    public Long personId;

    /** What codes are computed from, encrypted by {@link SecondFactorKey}. */
    public String secret;

    /** When the person showed that the app has it; null before that, when it is not asked for at the sign-in. */
    @Column(name = "confirmed_at")
    public Instant confirmedAt;

    /** Of the last code that was taken: no code is taken twice. */
    @Column(name = "last_step")
    public long lastStep;

    public boolean isOn() {
        return confirmedAt != null;
    }
}

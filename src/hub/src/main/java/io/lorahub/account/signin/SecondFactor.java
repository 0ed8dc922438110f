package io.lorahub.account.signin;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A person's authenticator app. */
@Entity
@Table(name = "second_factor")
public class SecondFactor extends PanacheEntityBase {

    @Id
    @Column(name = "person_id")
    public Long personId;

    /** Secret from which codes are computed, encrypted by {@link SecondFactorKey}. */
    public String secret;

    /**
     * When the person proved that the app has the secret; null before that, while the sign-in does not require a code.
     */
    @Column(name = "confirmed_at")
    public Instant confirmedAt;

    /** Time step of the last accepted code, so that no code is accepted twice. */
    @Column(name = "last_step")
    public long lastStep;

    public boolean isOn() {
        return confirmedAt != null;
    }
}

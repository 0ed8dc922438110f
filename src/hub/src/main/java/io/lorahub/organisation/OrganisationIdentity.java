package io.lorahub.organisation;

import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A user at the provider, by issuer and subject, who signs in as a person here. */
@Entity
@Table(name = "oidc_identity")
public class OrganisationIdentity extends BaseEntity {

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    public String issuer;

    public String subject;

    /** Name at the provider, for recognising it in a list. */
    public String label = "";

    @Column(name = "linked_at")
    public Instant linkedAt = Instant.now();

    static Optional<OrganisationIdentity> of(String issuer, String subject) {
        return find(
                        "from OrganisationIdentity i join fetch i.person where i.issuer = ?1 and i.subject = ?2",
                        issuer,
                        subject)
                .firstResultOptional();
    }

    static List<OrganisationIdentity> of(Person person) {
        return list("person = ?1 order by id", person);
    }
}

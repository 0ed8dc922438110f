package io.lorahub.huggingface.transfer;

import io.lorahub.account.Person;
import io.lorahub.adapter.Repository;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** Permission to send one file, or the contents of several in pieces, to a repository. */
@Entity
@Table(name = "repository_transfer")
class Transfer extends PanacheEntityBase {

    /** Secret: clients send parts of files to an address with it, without a token. */
    @Id
    UUID id = UUID.randomUUID();

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "repository_id")
    Repository repository;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    Person person;

    /** What the client says that the file will be; null for pieces of several files. */
    String sha256;

    /** In bytes; null for pieces of several files. */
    Long size;

    @Column(name = "created_at")
    Instant createdAt;
}

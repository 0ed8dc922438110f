package io.lorahub.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A name under which adapters stand, such as {@code lab-a}. Each person has one of the own name. */
@Entity
public class Publisher extends PanacheEntityBase {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    public Long id;

    public String name;

    public String title = "";

    public String about = "";

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    @ManyToMany
    @JoinTable(
            name = "publisher_member",
            joinColumns = @JoinColumn(name = "publisher_id"),
            inverseJoinColumns = @JoinColumn(name = "person_id"))
    public Set<Person> members = new HashSet<>();

    /** In any case of its letters, as an account's name is. */
    public static Optional<Publisher> named(String name) {
        return find("name", name.toLowerCase(Locale.ROOT)).firstResultOptional();
    }

    /** Those under whose names a person may publish, by name. */
    public static List<Publisher> of(Person person) {
        return list("select p from Publisher p join p.members m where m = ?1 order by p.name", person);
    }
}

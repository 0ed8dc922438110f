package io.lorahub.account;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A name under which adapters are published, such as {@code lab-a}. Each person has one with their own name. */
@Entity
public class Publisher extends BaseEntity {

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

    /** Finds a publisher by name, ignoring case as for account names. */
    public static Optional<Publisher> named(String name) {
        return find("name", name.toLowerCase(Locale.ROOT)).firstResultOptional();
    }

    public boolean hasMember(Person person) {
        return members.stream().anyMatch(member -> member.id.equals(person.id));
    }

    /** Whoever acts under this name, unless it could be one of several. */
    public Optional<Person> soleMember() {
        return members.size() == 1 ? Optional.of(members.iterator().next()) : Optional.empty();
    }

    /** Publishers under whose names the person can publish, sorted by name. */
    public static List<Publisher> of(Person person) {
        return list("select p from Publisher p join p.members m where m = ?1 order by p.name", person);
    }
}

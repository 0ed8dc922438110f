package io.lorahub.adapter;

import io.lorahub.account.Person;
import io.lorahub.job.PeriodicTasks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Uploads and downloads under way in this process. Once a second, those that would no longer be allowed to begin are
 * broken off: after a take-down, a ban or a deletion, whichever process it came from.
 */
@Singleton
public class OpenTransfers {

    private static final Logger LOG = Logger.getLogger(OpenTransfers.class);

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Set<Transfer> open = ConcurrentHashMap.newKeySet();
    private final PeriodicTasks looks = new PeriodicTasks("open-transfers");
    private boolean failing;

    /**
     * What a transfer needs as long as it lasts.
     *
     * @param repository id of the repository
     * @param person id of the sender or receiver, who must not be banned; null for a visitor
     * @param allowed what must hold for the adapter, or for the repository without one
     */
    public record Right(Long repository, Long person, Predicate<ModeratedEntity> allowed) {}

    /** Compared by identity: one member can have several of one kind. */
    private static final class Transfer {

        private final Right right;
        private final Runnable breakOff;
        private boolean brokenOff;

        Transfer(Right right, Runnable breakOff) {
            this.right = right;
            this.breakOff = breakOff;
        }

        /** It remains open until its own thread has ended it. */
        void breakOffOnce() {
            if (!brokenOff) breakOff.run();
            brokenOff = true;
        }
    }

    /**
     * @param breakOff ends the transfer; called on another thread, and must not block
     * @return to be run when the transfer has ended
     */
    public Runnable begin(Right right, Runnable breakOff) {
        Transfer transfer = new Transfer(right, breakOff);
        open.add(transfer);
        return () -> open.remove(transfer);
    }

    void start(@Observes StartupEvent event) {
        looks.every(EVERY, EVERY, this::endRefused);
    }

    void stop(@Observes ShutdownEvent event) {
        looks.close();
    }

    boolean isIdle() {
        return open.isEmpty();
    }

    /** If the database is down, transfers continue. */
    synchronized void endRefused() {
        try {
            if (open.isEmpty()) return;
            Set<Transfer> all = Set.copyOf(open);
            QuarkusTransaction.requiringNew().call(() -> notAllowed(all)).forEach(Transfer::breakOffOnce);
            failing = false;
        } catch (RuntimeException e) { // said once, not every second
            if (!failing) LOG.warn("Transfers under way cannot be checked; they continue.", e);
            failing = true;
        }
    }

    private static Set<Transfer> notAllowed(Set<Transfer> transfers) {
        Set<Long> ids = transfers.stream().map(t -> t.right.repository).collect(Collectors.toSet());
        Map<Long, Repository> repositories = Repository.<Repository>stream(
                        "select distinct r from Repository r join fetch r.publisher p left join fetch p.members"
                                + " left join fetch r.adapter a left join fetch a.publisher where r.id in ?1",
                        ids)
                .collect(Collectors.toMap(r -> r.id, Function.identity()));
        List<Long> persons = transfers.stream()
                .map(t -> t.right.person)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Set<Long> banned = new HashSet<>();
        if (!persons.isEmpty()) {
            Person.<Person>list("id in ?1 and bannedAt is not null", persons).forEach(person -> banned.add(person.id));
        }
        return transfers.stream()
                .filter(t -> banned.contains(t.right.person)
                        || !repositories.containsKey(t.right.repository)
                        || !t.right.allowed.test(
                                repositories.get(t.right.repository).moderated()))
                .collect(Collectors.toSet());
    }
}

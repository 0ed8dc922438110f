package io.lorahub.imports.state;

import io.lorahub.account.Person;
import io.lorahub.imports.source.ImportConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Limits how many imports of one member this process does at a time, so that no member occupies all of its threads. */
@ApplicationScoped
public class MemberShare {

    /** Many can wait, and each looks at the hub's database when it asks. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ImportConfig config;
    private final Map<Long, Integer> running = new ConcurrentHashMap<>();

    MemberShare(ImportConfig config) {
        this.config = config;
    }

    /** @return what the work returns; if the member has enough imports running, a pause after which to ask again */
    public Optional<Duration> run(Person person, Supplier<Optional<Duration>> work) {
        int now = running.merge(person.id, 1, Integer::sum);
        try {
            return now > config.perMember() ? Optional.of(PAUSE) : work.get();
        } finally {
            running.computeIfPresent(person.id, (id, count) -> count == 1 ? null : count - 1);
        }
    }
}

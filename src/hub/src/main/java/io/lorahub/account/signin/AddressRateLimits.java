package io.lorahub.account.signin;

import io.lorahub.account.AccountsConfig;
import io.lorahub.account.BrowserContext;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Limits sign-ins and registrations per address. */
@ApplicationScoped
public class AddressRateLimits {

    private static final Duration HOUR = Duration.ofHours(1);

    private final RateLimit signIns;
    private final RateLimit registrationForms;
    private final RateLimit registrations;

    AddressRateLimits(AccountsConfig config) {
        signIns = new RateLimit(config.signInsPerHour(), HOUR, Clock.systemUTC());
        registrationForms = new RateLimit(config.signInsPerHour(), HOUR, Clock.systemUTC());
        registrations = new RateLimit(config.registrationsPerHour(), HOUR, Clock.systemUTC());
    }

    /** @throws ProblemException if the limit is exceeded */
    public void countSignIn(BrowserContext visitor) {
        check(signIns.count(visitor.address()));
    }

    /**
     * Counts an account if it is created. Rejected forms have a separate limit, equal to that of sign-ins.
     *
     * @throws ProblemException if a limit is exceeded
     */
    public <T> T register(BrowserContext visitor, Supplier<T> account) {
        check(registrationForms.count(visitor.address()));
        check(registrations.count(visitor.address()));
        try {
            return account.get();
        } catch (RuntimeException e) {
            registrations.undo(visitor.address());
            throw e;
        }
    }

    private static void check(Duration wait) {
        if (wait.isZero()) return;
        long minutes = wait.plusSeconds(59).toMinutes();
        throw ProblemException.tooMany(
                "Too many tries from your address. Wait %d %s and try again."
                        .formatted(minutes, minutes == 1 ? "minute" : "minutes"),
                wait);
    }

    /**
     * Limits how often a key can do something within a time window. Counts are kept in memory, so each of several web
     * processes counts separately.
     */
    static class RateLimit {

        /**
         * Maximum number of remembered addresses; beyond it the oldest are forgotten. Stopping a flood from more addresses
         * is out of scope.
         */
        private static final int REMEMBERED = 100_000;

        private final int allowed;
        private final Duration stretch;
        private final Clock clock;
        private final Map<String, Window> windows = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                return size() > REMEMBERED;
            }
        };

        RateLimit(int allowed, Duration stretch, Clock clock) {
            this.allowed = allowed;
            this.stretch = stretch;
            this.clock = clock;
        }

        private static final class Window {
            private final Instant end;
            private int count;

            private Window(Instant end) {
                this.end = end;
            }
        }

        /** Counts one; returns how long to wait if the limit is exceeded, else zero. */
        synchronized Duration count(String who) {
            Instant now = clock.instant();
            Window window = windows.get(who);
            if (window == null || !now.isBefore(window.end)) {
                windows.remove(who);
                window = new Window(now.plus(stretch));
                windows.put(who, window);
            }
            if (window.count >= allowed) return Duration.between(now, window.end);
            window.count++;
            return Duration.ZERO;
        }

        /** Undoes a count whose action did not happen. */
        synchronized void undo(String who) {
            Window window = windows.get(who);
            if (window != null && window.count > 0) window.count--;
        }
    }
}

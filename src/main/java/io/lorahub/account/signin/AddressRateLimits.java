package io.lorahub.account.signin;

import io.lorahub.account.AccountsConfig;
import io.lorahub.account.BrowserContext;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
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
            registrations.takeBack(visitor.address());
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
}

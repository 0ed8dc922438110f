package io.lorahub.account;

import io.lorahub.settings.Accepts;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who can create accounts, how often one address can try, and how long sessions last. */
@ConfigMapping(prefix = "lorahub.accounts")
public interface AccountsConfig {

    /** Whether anyone can create an account with a password. The organisation's sign-in creates accounts regardless. */
    @WithDefault("true")
    boolean registration();

    /**
     * Accounts that one address can create per hour; rejected forms do not count. Behind a proxy, set
     * {@code quarkus.http.proxy.proxy-address-forwarding}, otherwise all visitors share the proxy's address. Each web
     * process counts separately.
     */
    @Accepts(least = 0)
    @WithDefault("20")
    int registrationsPerHour();

    /**
     * Password attempts per hour from one address, for all names together, except for a name in a browser that it has
     * signed in with before; also the number of registration forms that it can send.
     */
    @WithDefault("200")
    int signInsPerHour();

    /** Key that encrypts second factors; if not set, the key file is used. */
    @Accepts(pattern = "\\S{32,}", words = "32 or more random characters without spaces")
    Optional<String> secretKey();

    /** File with the key; created when it is first needed. */
    @WithDefault("lorahub-data/second-factor.key")
    Path keyFile();

    /** Time without activity after which a browser is signed out. */
    @WithDefault("7d")
    Duration sessionIdle();

    /** Maximum time that a browser stays signed in; then the person must sign in again. */
    @WithDefault("30d")
    Duration sessionLife();
}

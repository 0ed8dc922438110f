package io.lorahub.account;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who can make accounts, how fast one address can try, and how long sessions last. */
@ConfigMapping(prefix = "lorahub.accounts")
public interface AccountsConfig {

    /** Whether anybody may make an account with a password. The organisation's sign-in makes accounts in any case. */
    @WithDefault("true")
    boolean registration();

    /**
     * How many accounts one address may make in an hour; forms that are refused do not count. Behind a proxy, set {@code
     * quarkus.http.proxy.proxy-address-forwarding}, or all visitors have the proxy's address. Each web process counts
     * for itself.
     */
    @WithDefault("20")
    int registrationsPerHour();

    /**
     * How often one address may try a password in an hour, whatever the names; and how many registration forms it may
     * send.
     */
    @WithDefault("200")
    int signInsPerHour();

    /** What second factors are encrypted with; not set, the key file holds it. */
    Optional<String> secretKey();

    /** It is made when it is first needed. */
    @WithDefault("lorahub-data/second-factor.key")
    Path keyFile();

    /** How long a browser in which nobody does anything stays signed in. */
    @WithDefault("7d")
    Duration sessionIdle();

    /** How long a browser stays signed in at most; then the person signs in again. */
    @WithDefault("30d")
    Duration sessionLife();
}

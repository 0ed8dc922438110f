package io.lorahub.account;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Who may make accounts, and how fast one address may try. */
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
}

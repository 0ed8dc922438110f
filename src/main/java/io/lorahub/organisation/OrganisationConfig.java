package io.lorahub.organisation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Sign-in through an OpenID Connect provider, such as Keycloak, Entra ID or Google. It is on where an issuer is set.
 * The provider has to know a confidential client with the redirect address {@code <address of this
 * hub>/signin/organisation}.
 */
@ConfigMapping(prefix = "lorahub.oidc")
public interface OrganisationConfig {

    /** The provider's issuer, below which {@code /.well-known/openid-configuration} is found. */
    Optional<URI> issuer();

    Optional<String> clientId();

    Optional<String> clientSecret();

    /** What the button says after "Continue with". */
    @WithDefault("your organisation")
    String name();

    /** What is asked for beside {@code openid}: the name and the address that a new account begins with. */
    @WithDefault("profile,email")
    List<String> scopes();

    /** Only people with a verified e-mail address in one of these domains can sign in; not set, the domain doesn't matter. */
    Optional<List<String>> emailDomains();

    /**
     * Only people can sign in whose ID token has one of the required values in this claim, such as {@code groups} or
     * {@code realm_access/roles}.
     */
    Optional<String> requiredClaim();

    /** Values of the required claim, of which one is enough. */
    Optional<List<String>> requiredValues();
}

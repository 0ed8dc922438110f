package io.lorahub.organisation;

import io.lorahub.settings.Accepts;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Sign-in through an OpenID Connect provider, such as Keycloak, Entra ID or Google. It is enabled if an issuer is set.
 * The provider needs a confidential client with the redirect address {@code <address of this hub>/signin/organisation}.
 */
@ConfigMapping(prefix = "lorahub.oidc")
public interface OrganisationConfig {

    /** The provider's issuer, below which {@code /.well-known/openid-configuration} is found. */
    Optional<URI> issuer();

    Optional<String> clientId();

    Optional<String> clientSecret();

    /** Text of the button after "Continue with". */
    @WithDefault("your organisation")
    String name();

    /** Scopes to request besides {@code openid}, for the initial name and e-mail address of a new account. */
    @WithDefault("profile,email")
    List<String> scopes();

    /**
     * Only people with a verified e-mail address in one of these domains can sign in; if not set, any domain is
     * accepted.
     */
    @Accepts(
            pattern = "[^\\s@,]+",
            words = "domains without @, separated by commas, such as uni.example,lab.uni.example")
    Optional<List<String>> emailDomains();

    /**
     * Claim of the ID token, such as {@code groups} or {@code realm_access/roles}, that must contain one of the
     * required values for a person to sign in.
     */
    @Accepts(notEmpty = true)
    Optional<String> requiredClaim();

    /** Accepted values of the required claim; one of them is enough. */
    Optional<List<String>> requiredValues();
}

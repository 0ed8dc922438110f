package io.lorahub.organisation;

import io.lorahub.account.Secret;
import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.TenantConfigResolver;
import io.quarkus.oidc.runtime.OidcTenantConfig.ApplicationType;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Base64;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Configures the framework's OpenID Connect for the provider, only at the address for signing in through it: a provider
 * that does not answer affects nothing else, and is contacted again each time.
 */
@ApplicationScoped
public class OrganisationTenant implements TenantConfigResolver {

    /** The only address of the code flow: it leads to the provider, and the provider leads back to it. */
    static final String PATH = "/signin/organisation";

    private final Optional<OidcTenantConfig> config;

    OrganisationTenant(OrganisationConfig settings) {
        config = settings.issuer().map(issuer -> tenant(settings, issuer));
    }

    boolean isConfigured() {
        return config.isPresent();
    }

    static boolean covers(RoutingContext context) {
        return context.normalizedPath().equals(PATH);
    }

    @Override
    public Uni<OidcTenantConfig> resolve(RoutingContext context, OidcRequestContext<OidcTenantConfig> request) {
        return Uni.createFrom().item(covers(context) ? config.orElse(null) : null);
    }

    private static OidcTenantConfig tenant(OrganisationConfig settings, URI issuer) {
        String secret = required(settings.clientSecret(), "client-secret");
        String key = key(secret);
        return OidcTenantConfig.authServerUrl(issuer.toString())
                .tenantId("organisation")
                .applicationType(ApplicationType.WEB_APP)
                .clientId(required(settings.clientId(), "client-id"))
                .credentials(secret)
                .authentication()
                .scopes(settings.scopes())
                .cookiePath(PATH)
                .pkceRequired(true)
                .stateSecret(key)
                .nonceRequired(true)
                .end()
                .tokenStateManager()
                .encryptionRequired(true)
                .encryptionSecret(key)
                .end()
                .build();
    }

    private static String required(Optional<String> value, String name) {
        return value.orElseThrow(() -> new NoSuchElementException(
                "lorahub.oidc.issuer is set, but lorahub.oidc." + name + " is not; sign-in needs both."));
    }

    /**
     * A key of 32 characters, equal in all web processes, so that any of them can continue a flow that another began.
     */
    private static String key(String clientSecret) {
        byte[] hash = new Secret("oidc cookies " + clientSecret).hash();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 32);
    }
}

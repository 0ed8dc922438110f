package io.lorahub.organisation;

import io.lorahub.account.signin.SignInReason;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.AuthenticationRedirectException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * The framework's code flow, with every failure leading back to the sign-in page with a note: a provider that is down
 * or rejects the user is not a server error. The permission in application.properties makes this the only mechanism at
 * its path.
 */
@ApplicationScoped
public class OrganisationMechanism implements HttpAuthenticationMechanism {

    private static final Logger LOG = Logger.getLogger(OrganisationMechanism.class);
    private static final String SCHEME = "organisation";
    private static final String NOTE = OrganisationMechanism.class.getName();

    private final OidcAuthenticationMechanism codeFlow;
    private final OrganisationTenant tenant;

    OrganisationMechanism(OidcAuthenticationMechanism codeFlow, OrganisationTenant tenant) {
        this.codeFlow = codeFlow;
        this.tenant = tenant;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        if (!tenant.isConfigured() || !OrganisationTenant.covers(context))
            return Uni.createFrom().nullItem();
        return codeFlow.authenticate(context, identities)
                .onFailure(failure -> !(failure instanceof AuthenticationRedirectException))
                .recoverWithItem(failure -> {
                    note(context, failure);
                    return null;
                });
    }

    /** An expired session at the provider is not a failure: the challenge that follows leads there again. */
    private void note(RoutingContext context, Throwable failure) {
        if (failure instanceof AuthenticationFailedException) return;
        boolean refused = failure instanceof AuthenticationCompletionException;
        if (refused) LOG.debug("The organisation's sign-in was not completed.", failure);
        else LOG.warnf("The organisation's sign-in does not answer: %s", failure);
        context.put(NOTE, refused ? SignInReason.REFUSED : SignInReason.UNREACHABLE);
        // The code flow has registered itself there, and would get the challenge instead of this mechanism.
        context.put(HttpAuthenticationMechanism.class.getName(), this);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        if (context.normalizedPath().equals(OrganisationTenant.PATH + "/")) {
            return Uni.createFrom().item(seeOther(OrganisationTenant.PATH));
        }
        if (!OrganisationTenant.covers(context)) return Uni.createFrom().nullItem();
        if (!tenant.isConfigured()) return Uni.createFrom().item(seeOther(SignInReason.NOT_CONFIGURED.address()));
        SignInReason note = context.get(NOTE);
        if (note != null) return Uni.createFrom().item(seeOther(note.address()));
        return codeFlow.getChallenge(context).onFailure().recoverWithItem(failure -> {
            LOG.warnf("The organisation's sign-in does not answer: %s", failure);
            return seeOther(SignInReason.UNREACHABLE.address());
        });
    }

    private static ChallengeData seeOther(String path) {
        return new ChallengeData(HttpResponseStatus.SEE_OTHER.code(), HttpHeaders.LOCATION, path);
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return Uni.createFrom()
                .item(new HttpCredentialTransport(HttpCredentialTransport.Type.OTHER_HEADER, SCHEME, SCHEME));
    }
}

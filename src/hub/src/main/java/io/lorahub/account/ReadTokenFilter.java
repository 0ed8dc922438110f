package io.lorahub.account;

import io.lorahub.account.AccessToken.Scope;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Prevents a token of scope read from changing anything, whatever the rights of its person. */
public class ReadTokenFilter {

    private static final Set<String> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final SecurityIdentity identity;

    public ReadTokenFilter(SecurityIdentity identity) {
        this.identity = identity;
    }

    @ServerRequestFilter
    public void refuseChanges(ContainerRequestContext request, ResourceInfo endpoint) {
        if (SAFE.contains(request.getMethod()) || changesNothing(endpoint)) return;
        if (identity.getAttribute(CredentialProvider.SCOPE) == Scope.READ) {
            throw new ForbiddenException(
                    "This access token can only read. Create one with the scope “Read and write”.");
        }
    }

    private static boolean changesNothing(ResourceInfo endpoint) {
        return endpoint.getResourceMethod() != null
                && endpoint.getResourceMethod().isAnnotationPresent(ChangesNothing.class);
    }
}

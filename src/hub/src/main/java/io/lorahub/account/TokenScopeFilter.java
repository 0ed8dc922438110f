package io.lorahub.account;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.web.ApiPath;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Prevents a token of scope read from changing anything, and one of scope generate from doing anything but having texts
 * written, whatever the rights of its person.
 */
public class TokenScopeFilter {

    private static final Set<String> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final SecurityIdentity identity;

    public TokenScopeFilter(SecurityIdentity identity) {
        this.identity = identity;
    }

    @ServerRequestFilter
    public void refuse(ContainerRequestContext request, ResourceInfo endpoint) {
        Scope scope = identity.getAttribute(CredentialProvider.SCOPE);
        if (scope == Scope.GENERATE && !ApiPath.isOfOpenAi(request.getUriInfo().getPath())) {
            throw new ForbiddenException(
                    "This access token can only use the addresses below /v1. Create one with the scope “Read”.");
        }
        if (scope == Scope.READ && !SAFE.contains(request.getMethod()) && !changesNothing(endpoint)) {
            throw new ForbiddenException(
                    "This access token can only read. Create one with the scope “Read and write”.");
        }
    }

    private static boolean changesNothing(ResourceInfo endpoint) {
        return endpoint.getResourceMethod() != null
                && endpoint.getResourceMethod().isAnnotationPresent(ChangesNothing.class);
    }
}

package io.lorahub.audit;

import io.quarkus.arc.Arc;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes the audit log, in the caller's transaction: no action without its entry. */
@ApplicationScoped
public class Audit {

    private final SecurityIdentity identity;
    private final CurrentVertxRequest current;

    Audit(SecurityIdentity identity, CurrentVertxRequest current) {
        this.identity = identity;
        this.current = current;
    }

    /** Who is looking did it. */
    public void log(String action, String subject, String detail) {
        log(identity.isAnonymous() ? "anonymous" : identity.getPrincipal().getName(), action, subject, detail);
    }

    public void log(String actor, String action, String subject, String detail) {
        AuditEntry entry = new AuditEntry();
        entry.actor = actor;
        entry.action = action;
        entry.subject = subject;
        entry.detail = detail;
        entry.address = address();
        entry.persist();
    }

    /** Null outside of requests. */
    private String address() {
        if (!Arc.container().requestContext().isActive() || current.getCurrent() == null) return null;
        SocketAddress remote = current.getCurrent().request().remoteAddress();
        return remote == null ? null : remote.hostAddress();
    }
}

package io.lorahub.audit;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Viewer;
import io.quarkus.arc.Arc;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes the audit log, in the caller's transaction: no action without its entry. */
@ApplicationScoped
public class Audit {

    private final Viewer viewer;
    private final BrowserContext visitor;

    Audit(Viewer viewer, BrowserContext visitor) {
        this.viewer = viewer;
        this.visitor = visitor;
    }

    /** Who is looking did it. */
    public void log(String action, String subject, String detail) {
        log(viewer.getName().isEmpty() ? "anonymous" : viewer.getName(), action, subject, detail);
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

    private String address() {
        return Arc.container().requestContext().isActive() ? visitor.remote().orElse(null) : null;
    }
}

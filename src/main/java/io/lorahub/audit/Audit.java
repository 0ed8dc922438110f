package io.lorahub.audit;

import io.lorahub.account.Viewer;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes the audit log, in the caller's transaction: no action without its entry. */
@ApplicationScoped
public class Audit {

    private final Viewer viewer;

    Audit(Viewer viewer) {
        this.viewer = viewer;
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
        entry.persist();
    }
}

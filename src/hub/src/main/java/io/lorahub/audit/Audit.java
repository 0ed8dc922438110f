package io.lorahub.audit;

import io.quarkus.arc.Arc;
import io.quarkus.hibernate.orm.panache.PanacheQuery;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The audit log. Entries are written in the caller's transaction, so there is no action without its entry. */
@ApplicationScoped
public class Audit {

    private final SecurityIdentity identity;
    private final CurrentVertxRequest current;

    Audit(SecurityIdentity identity, CurrentVertxRequest current) {
        this.identity = identity;
        this.current = current;
    }

    /** Records the viewer as the actor. */
    public void log(String action, String subject, String detail) {
        log(viewer(), action, subject, detail);
    }

    private String viewer() {
        return identity.isAnonymous() ? "anonymous" : identity.getPrincipal().getName();
    }

    /** Whether the viewer has done this at least so often since then. */
    public boolean isFrequent(String action, int times, Instant since) {
        return AuditEntry.<AuditEntry>find("actor = ?1 and action = ?2 order by id desc", viewer(), action)
                .page(times - 1, 1)
                .firstResultOptional()
                .filter(entry -> entry.at.isAfter(since))
                .isPresent();
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

    /**
     * Entries before the given one that match every filter, newest first.
     *
     * @param before  an entry's id, or null for the newest
     * @param actor   a person's full name, or empty
     * @param action  prefix of an action, such as {@code adapter.}, or empty
     * @param subject the full subject, or empty
     * @param without actions to leave out
     */
    public List<AuditEntry> page(
            Long before, String actor, String action, String subject, Set<String> without, int limit) {
        List<String> conditions = new ArrayList<>(List.of("id < :before"));
        Map<String, Object> values = new HashMap<>(Map.of("before", before == null ? Long.MAX_VALUE : before));
        if (!without.isEmpty()) {
            conditions.add("action not in :without");
            values.put("without", without);
        }
        if (given(actor)) {
            conditions.add("actor = :actor");
            values.put("actor", actor.strip());
        }
        if (given(action)) {
            conditions.add("left(action, length(:action)) = :action");
            values.put("action", action.strip());
        }
        if (given(subject)) {
            conditions.add("subject = :subject");
            values.put("subject", subject.strip());
        }
        PanacheQuery<AuditEntry> query =
                AuditEntry.find(String.join(" and ", conditions) + " order by id desc", values);
        return query.page(0, limit).list();
    }

    private static boolean given(String text) {
        return text != null && !text.isBlank();
    }
}

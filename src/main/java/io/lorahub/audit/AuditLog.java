package io.lorahub.audit;

import io.quarkus.hibernate.orm.panache.PanacheQuery;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the audit log, newest first. */
@ApplicationScoped
public class AuditLog {

    /**
     * Entries before one, all that fit every text that is given.
     *
     * @param before an entry's id, or null for the newest
     * @param actor  a person's whole name, or empty
     * @param action the begin of an action, such as {@code adapter.}, or empty
     * @param subject the whole subject, or empty
     */
    public List<AuditEntry> page(Long before, String actor, String action, String subject, int limit) {
        List<String> conditions = new ArrayList<>(List.of("id < :before"));
        Map<String, Object> values = new HashMap<>(Map.of("before", before == null ? Long.MAX_VALUE : before));
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

package io.lorahub.moderation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.Person;
import io.lorahub.audit.AuditEntry;
import io.lorahub.engine.names.EnumNames;
import java.time.Instant;
import java.util.List;

/** Moderation data in the form that the API returns. */
final class ModerationViews {

    private ModerationViews() {}

    /** A report; without the reporter if the recipient is the reporter. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ReportView(long id, String adapter, String category, String text, String reporter, Instant createdAt) {
        static ReportView of(Report report) {
            return new ReportView(
                    report.id,
                    report.repository.address(),
                    report.category.word(),
                    report.text,
                    report.reporter.name,
                    report.createdAt);
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record AppealView(long id, String adapter, String text, Instant createdAt) {
        static AppealView of(Appeal appeal) {
            return new AppealView(appeal.id, appeal.repository.address(), appeal.text, appeal.createdAt);
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DecisionView(String adapter, String action, String reason, String moderator, Instant decidedAt) {
        static DecisionView of(ModerationDecision decision) {
            return new DecisionView(
                    decision.repository.address(),
                    decision.action.word(),
                    decision.reason,
                    decision.moderator == null ? null : decision.moderator.name,
                    decision.decidedAt);
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    record LookalikeView(String adapter, String version, double similarity) {}

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    static final class CaseView {

        public final String adapter;
        public final String state;
        public final String stateReason;
        public final Instant waitingSince;
        public final int edition;
        public final List<ReportView> reports;
        public final AppealView appeal;
        public final List<LookalikeView> nearDuplicates;
        public final List<String> takenDownParts;
        public final List<DecisionView> decisions;
        public final List<String> actions;

        CaseView(CaseFile file) {
            adapter = file.moderated.address();
            state = EnumNames.of(file.moderated.state);
            stateReason = file.moderated.stateReason;
            waitingSince = file.since;
            edition = file.moderated.edition;
            reports = file.reports.stream().map(ReportView::of).toList();
            appeal = file.appeal.map(AppealView::of).orElse(null);
            nearDuplicates = file.lookalikes.stream()
                    .map(l -> new LookalikeView(l.other().adapter.address(), l.other().label, l.similarity()))
                    .toList();
            takenDownParts = file.lostParts.stream().map(a -> a.address()).toList();
            decisions = file.history.stream().map(DecisionView::of).toList();
            actions = file.actions.stream().map(ModerationAction::word).toList();
        }
    }

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MemberView(
            String name, String displayName, String role, Instant createdAt, Instant bannedAt, String banReason) {
        static MemberView of(Person person) {
            return new MemberView(
                    person.name,
                    person.displayName,
                    EnumNames.of(person.role),
                    person.createdAt,
                    person.bannedAt,
                    person.banReason);
        }
    }

    /** @param address address from which the request came; for admins only */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EntryView(long id, Instant at, String actor, String action, String subject, String detail, String address) {
        static EntryView whole(AuditEntry entry) {
            return new EntryView(
                    entry.id, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.address);
        }

        static EntryView withoutAddress(AuditEntry entry) {
            return new EntryView(entry.id, entry.at, entry.actor, entry.action, entry.subject, entry.detail, null);
        }

        static EntryView withoutSubject(AuditEntry entry) {
            return new EntryView(entry.id, entry.at, entry.actor, entry.action, "not public", "", null);
        }
    }
}

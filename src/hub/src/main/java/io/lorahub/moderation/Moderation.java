package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterState;
import io.lorahub.audit.Audit;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Optional;

/** Decides about adapters, and notifies everyone concerned. */
@ApplicationScoped
public class Moderation {

    private static final TextRule REASON = new TextRule("reason", ModerationDecision.REASON);
    private static final TextRule REPORT = new TextRule("text", Report.TEXT);
    private static final TextRule APPEAL = new TextRule("text", Appeal.TEXT);

    private final Viewer viewer;
    private final AdapterRights rights;
    private final Audit audit;
    private final NotificationInbox inbox;
    private final ModerationConfig config;

    Moderation(Viewer viewer, AdapterRights rights, Audit audit, NotificationInbox inbox, ModerationConfig config) {
        this.viewer = viewer;
        this.rights = rights;
        this.audit = audit;
        this.inbox = inbox;
        this.config = config;
    }

    /**
     * Records the decision, closes the adapter's open reports and appeals, and notifies its owners, its reporters, and
     * the owners of adapters composed from it.
     *
     * @param edition the adapter's edition that the moderator saw; any other is a conflict
     */
    @Transactional
    public ModerationDecision decide(Adapter found, ModerationAction action, String reason, int edition) {
        Person moderator = viewer.require();
        Adapter adapter = Adapter.findById(found.id);
        requireRight(adapter, moderator);
        if (adapter.edition != edition) {
            throw ProblemException.conflict(
                    "%s has changed since you opened it. Look at it again, then decide.".formatted(adapter.address()));
        }
        if (!action.isAllowedIn(adapter.state)) {
            throw ProblemException.conflict(
                    "%s is in a state in which “%s” isn't possible.".formatted(adapter.address(), action.label()));
        }
        String given = REASON.required(reason, "Give a reason; it is sent to the publisher.");
        boolean stays = action.keepsDown(adapter.state);
        adapter.state = action.to();
        adapter.stateReason = action.to() == AdapterState.ACTIVE ? null : given;
        adapter.updatedAt = Instant.now();
        ModerationDecision decision = new ModerationDecision();
        decision.adapter = adapter;
        decision.moderator = moderator;
        decision.action = action;
        decision.reason = given;
        decision.persist();
        audit.log("adapter." + action.word(), adapter.address(), given);
        String address = adapter.address();
        tellOwners(
                adapter, stays ? "decided again that " + address + " stays taken down" : action.past(address), given);
        closeReports(adapter, action);
        Appeal.openOn(adapter).ifPresent(appeal -> appeal.closedAt = Instant.now());
        if (!stays && (action.takesDown() || action == ModerationAction.RESTORE)) tellOwnersOfDerived(adapter, action);
        return decision;
    }

    private void requireRight(Adapter adapter, Person moderator) {
        if (!rights.mayModerate(adapter)) throw ProblemException.notFound("adapter");
        if (rights.mayEdit(adapter) && !viewer.isAdmin()) {
            throw ProblemException.forbidden("%s is your own; another moderator decides about it, %s."
                    .formatted(adapter.address(), moderator.name));
        }
    }

    /** @param what the moderator's action, completing "A moderator …" */
    private void tellOwners(Adapter adapter, String what, String reason) {
        String title = "A moderator " + what + ".";
        for (Person member : adapter.publisher.members) inbox.send(member.id, title, reason, "/" + adapter.address());
    }

    private void closeReports(Adapter adapter, ModerationAction action) {
        for (Report report : Report.openOn(adapter)) {
            report.closedAt = Instant.now();
            inbox.send(
                    report.reporter.id,
                    "Your report on %s was reviewed.".formatted(adapter.address()),
                    "A moderator %s.".formatted(action.past("it")),
                    action.takesDown() ? "" : "/" + adapter.address());
        }
    }

    private void tellOwnersOfDerived(Adapter adapter, ModerationAction action) {
        String now = action.takesDown() ? "was taken down" : "was restored";
        for (Adapter derived : DerivedAdapters.from(adapter)) {
            for (Person member : derived.publisher.members) {
                inbox.send(
                        member.id,
                        "A part of %s %s.".formatted(derived.address(), now),
                        "%s, which it was composed of, %s.".formatted(adapter.address(), now),
                        "/" + derived.address());
            }
        }
    }

    /** Reports an adapter that the viewer can see and does not own. */
    @Transactional
    public Report report(Adapter found, String category, String text) {
        // Locked, so that a hundred concurrent reports of one member are counted too.
        Person reporter = Person.findById(viewer.require().id, LockModeType.PESSIMISTIC_WRITE);
        found.keep();
        Adapter adapter = Adapter.findById(found.id);
        if (rights.mayEdit(adapter)) {
            throw ProblemException.conflict(
                    "%s is your own; change or delete it instead.".formatted(adapter.address()));
        }
        Optional<ReportCategory> known = ReportCategory.of(category);
        if (known.isEmpty()) throw ProblemException.invalid("category", "Choose what is wrong.");
        String written = known.get() == ReportCategory.OTHER
                ? REPORT.required(text, "Say what is wrong.")
                : REPORT.optional(text);
        if (Report.count("adapter = ?1 and reporter = ?2 and closedAt is null", adapter, reporter) > 0) {
            throw ProblemException.conflict(
                    "You have reported %s already; a moderator will look at it.".formatted(adapter.address()));
        }
        if (Report.count("reporter = ?1 and closedAt is null", reporter) >= config.openReports()) {
            throw ProblemException.conflict("%d of your reports are open. Wait until moderators have looked at them."
                    .formatted(config.openReports()));
        }
        Report report = new Report();
        report.adapter = adapter;
        report.reporter = reporter;
        report.category = known.get();
        report.text = written;
        report.persistAndFlush();
        audit.log("adapter.report", adapter.address(), known.get().word());
        return report;
    }

    /** Requests a new decision; for owners of an adapter that is not active. */
    @Transactional
    public Appeal appeal(Adapter found, String text) {
        Person person = viewer.require();
        found.keep();
        Adapter adapter = Adapter.findById(found.id);
        if (!rights.mayEdit(adapter)) throw ProblemException.notFound("adapter");
        if (adapter.state == AdapterState.ACTIVE) {
            throw ProblemException.conflict("There is no decision against %s.".formatted(adapter.address()));
        }
        String written = APPEAL.required(text, "Say what you changed, or why the decision is wrong.");
        if (Appeal.openOn(adapter).isPresent()) {
            throw ProblemException.conflict("An appeal for %s is already open.".formatted(adapter.address()));
        }
        Appeal appeal = new Appeal();
        appeal.adapter = adapter;
        appeal.person = person;
        appeal.text = written;
        appeal.persistAndFlush();
        audit.log("adapter.appeal", adapter.address(), "");
        return appeal;
    }

    /**
     * Rule for a text that a person writes.
     *
     * @param limit maximum length in characters
     */
    private record TextRule(String name, int limit) {

        /** @throws ProblemException with the demand if the text is empty */
        String required(String text, String demand) {
            String written = optional(text);
            if (written.isEmpty()) throw ProblemException.invalid(name, demand);
            return written;
        }

        String optional(String text) {
            String written = text == null ? "" : text.strip();
            if (written.length() > limit) {
                throw ProblemException.invalid(
                        name, "Write at most %,d characters; these are %,d.".formatted(limit, written.length()));
            }
            return written;
        }
    }
}

package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterDeletionEvent;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.Audit;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides about adapters and repositories without one, and notifies everyone concerned. */
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
    public ModerationDecision decide(ModeratedEntity target, ModerationAction action, String reason, int edition) {
        Person moderator = viewer.require();
        Repository repository = Repository.of(target);
        ModeratedEntity moderated = repository.moderated();
        requireRight(moderated, moderator);
        if (moderated.edition != edition) {
            throw ProblemException.conflict("%s has changed since you opened it. Look at it again, then decide."
                    .formatted(moderated.address()));
        }
        if (!action.isAllowedIn(moderated.state)) {
            throw ProblemException.conflict(
                    "%s is in a state in which “%s” isn't possible.".formatted(moderated.address(), action.label()));
        }
        String given = REASON.required(reason, "Give a reason; it is sent to the publisher.");
        boolean stays = action.keepsDown(moderated.state);
        moderated.state = action.to();
        moderated.stateReason = action.to() == AdapterState.ACTIVE ? null : given;
        moderated.updatedAt = Instant.now();
        ModerationDecision decision = new ModerationDecision();
        decision.repository = repository;
        decision.moderator = moderator;
        decision.action = action;
        decision.reason = given;
        decision.persist();
        audit.log(moderated.kind() + "." + action.word(), moderated.address(), given);
        String address = moderated.address();
        notifyOwners(
                moderated, stays ? "decided again that " + address + " stays taken down" : action.past(address), given);
        closeReports(repository, action);
        Appeal.openOn(repository).ifPresent(appeal -> appeal.closedAt = Instant.now());
        if (!stays && (action.takesDown() || action == ModerationAction.RESTORE))
            notifyOwnersOfDerived(moderated, action);
        return decision;
    }

    private void requireRight(ModeratedEntity moderated, Person moderator) {
        if (!rights.mayModerate(moderated)) throw ProblemException.notFound(moderated.kind());
        if (rights.mayEdit(moderated) && !viewer.isAdmin()) {
            throw ProblemException.forbidden("%s is your own; another moderator decides about it, %s."
                    .formatted(moderated.address(), moderator.name));
        }
    }

    /** @param what the moderator's action, completing "A moderator …" */
    private void notifyOwners(ModeratedEntity moderated, String what, String reason) {
        String title = "A moderator " + what + ".";
        for (Person member : moderated.publisher.members)
            inbox.send(member.id, title, reason, "/" + moderated.address());
    }

    private void closeReports(Repository repository, ModerationAction action) {
        String address = repository.moderated().address();
        for (Report report : Report.openOn(repository)) {
            report.closedAt = Instant.now();
            inbox.send(
                    report.reporter.id,
                    "Your report on %s was reviewed.".formatted(address),
                    "A moderator %s.".formatted(action.past("it")),
                    action.takesDown() ? "" : "/" + address);
        }
    }

    private void notifyOwnersOfDerived(ModeratedEntity moderated, ModerationAction action) {
        if (!(moderated instanceof Adapter adapter)) return;
        String now = action.takesDown() ? "was taken down" : "was restored";
        for (Adapter derived : madeOf(adapter)) {
            for (Person member : derived.publisher.members) {
                inbox.send(
                        member.id,
                        "A part of %s %s.".formatted(derived.address(), now),
                        "%s, which it was composed of, %s.".formatted(name(adapter, member), now),
                        "/" + derived.address());
            }
        }
    }

    /** Reports what the viewer can see and does not own. */
    @Transactional
    public Report report(ModeratedEntity target, String category, String text) {
        // Locked, so that a hundred concurrent reports of one member are counted too.
        Person reporter = Person.findById(viewer.require().id, LockModeType.PESSIMISTIC_WRITE);
        target.lockAgainstDeletion();
        Repository repository = Repository.of(target);
        ModeratedEntity moderated = repository.moderated();
        if (rights.mayEdit(moderated)) {
            throw ProblemException.conflict(
                    "%s is your own; change or delete it instead.".formatted(moderated.address()));
        }
        Optional<ReportCategory> known = ReportCategory.of(category);
        if (known.isEmpty()) throw ProblemException.invalid("category", "Choose what is wrong.");
        String written = known.get() == ReportCategory.OTHER
                ? REPORT.required(text, "Say what is wrong.")
                : REPORT.optional(text);
        if (Report.count("repository = ?1 and reporter = ?2 and closedAt is null", repository, reporter) > 0) {
            throw ProblemException.conflict(
                    "You have reported %s already; a moderator will look at it.".formatted(moderated.address()));
        }
        if (Report.count("reporter = ?1 and closedAt is null", reporter) >= config.openReports()) {
            throw ProblemException.conflict("%d of your reports are open. Wait until moderators have looked at them."
                    .formatted(config.openReports()));
        }
        Report report = new Report();
        report.repository = repository;
        report.reporter = reporter;
        report.category = known.get();
        report.text = written;
        report.persistAndFlush();
        audit.log(moderated.kind() + ".report", moderated.address(), known.get().word());
        return report;
    }

    /** Requests a new decision; for owners of what is not active. */
    @Transactional
    public Appeal appeal(ModeratedEntity target, String text) {
        Person person = viewer.require();
        target.lockAgainstDeletion();
        Repository repository = Repository.of(target);
        ModeratedEntity moderated = repository.moderated();
        if (!rights.mayEdit(moderated)) throw ProblemException.notFound(moderated.kind());
        if (moderated.state == AdapterState.ACTIVE) {
            throw ProblemException.conflict("There is no decision against %s.".formatted(moderated.address()));
        }
        String written = APPEAL.required(text, "Say what you changed, or why the decision is wrong.");
        if (Appeal.openOn(repository).isPresent()) {
            throw ProblemException.conflict("An appeal for %s is already open.".formatted(moderated.address()));
        }
        Appeal appeal = new Appeal();
        appeal.repository = repository;
        appeal.person = person;
        appeal.text = written;
        appeal.persistAndFlush();
        audit.log(moderated.kind() + ".appeal", moderated.address(), "");
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

    /** Adapters with a version that contains a version of this one, directly or through others. */
    private static List<Adapter> madeOf(Adapter adapter) {
        EntityManager database = Adapter.getEntityManager();
        @SuppressWarnings("unchecked")
        List<Long> ids = database.createNativeQuery("""
                        with recursive made(version_id) as (
                          select p.version_id from version_part p
                            join adapter_version v on v.id = p.part_id where v.adapter_id = ?1
                          union
                          select p.version_id from version_part p join made m on p.part_id = m.version_id)
                        select distinct v.adapter_id from made m join adapter_version v on v.id = m.version_id
                          where v.adapter_id <> ?1""", Long.class)
                .setParameter(1, adapter.id)
                .getResultList();
        return ids.isEmpty()
                ? List.of()
                : Adapter.list("from Adapter a join fetch a.publisher where a.id in ?1 order by a.id", ids);
    }

    /** The address is only for those who can find it. */
    private static String name(Adapter part, Person member) {
        boolean known = part.visibility == Visibility.PUBLIC || part.publisher.hasMember(member);
        return known ? part.address() : "An adapter that isn't public";
    }

    /** Tells the owners of adapters composed from others, through any number of steps, when a part is deleted. */
    void notifyOwners(@Observes AdapterDeletionEvent deletion) {
        Adapter part = deletion.adapter();
        for (Adapter derived : madeOf(part)) {
            for (Person member : derived.publisher.members) {
                inbox.send(
                        member.id,
                        "A part of %s was deleted.".formatted(derived.address()),
                        "%s, a part of it, was deleted. Your adapter stays as it is.".formatted(name(part, member)),
                        "/" + derived.address());
            }
        }
    }
}

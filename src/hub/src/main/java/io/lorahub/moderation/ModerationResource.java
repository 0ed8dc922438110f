package io.lorahub.moderation;

import io.lorahub.account.Viewer;
import io.lorahub.account.settings.StepUpAuthentication;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Repository;
import io.lorahub.moderation.ModerationViews.CaseView;
import io.lorahub.moderation.ModerationViews.DecisionView;
import io.lorahub.moderation.ModerationViews.EntryView;
import io.lorahub.moderation.ModerationViews.MemberView;
import io.lorahub.web.ProblemException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** The queue, decisions, members and the audit log, for moderators. */
@Path("/api/v1/moderation")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Moderation")
@RolesAllowed("MODERATOR")
public class ModerationResource {

    private final ModerationQueue queue;
    private final Moderation moderation;
    private final Adapters adapters;
    private final Members members;
    private final AuditTrail audit;
    private final Viewer viewer;
    private final StepUpAuthentication stepUp;

    public ModerationResource(
            ModerationQueue queue,
            Moderation moderation,
            Adapters adapters,
            Members members,
            AuditTrail audit,
            Viewer viewer,
            StepUpAuthentication stepUp) {
        this.queue = queue;
        this.moderation = moderation;
        this.adapters = adapters;
        this.members = members;
        this.audit = audit;
        this.viewer = viewer;
        this.stepUp = stepUp;
    }

    /**
     * @param action  approve, ask-for-changes, take-down or restore
     * @param edition the adapter's edition on which the decision is based
     */
    @Schema(requiredProperties = {"action", "reason", "edition"})
    public record NewDecision(
            @Schema(enumeration = {"approve", "ask-for-changes", "take-down", "restore"})
            String action,

            String reason,
            Integer edition) {}

    @Schema(requiredProperties = "reason")
    public record Ban(String reason) {}

    @Schema(requiredProperties = "role")
    public record NewRole(
            @Schema(enumeration = {"member", "moderator", "admin"})
            String role) {}

    @GET
    @Path("/queue")
    @Transactional
    @Operation(summary = "Waiting cases, oldest first")
    public List<CaseView> queue(
            @QueryParam("offset") @DefaultValue("0") @Min(0) int offset,
            @QueryParam("limit") @DefaultValue("20") @Min(1) @Max(100) int limit) {
        return queue.first(limit, offset).stream()
                .map(entry -> new CaseView(new CaseFile(entry.repository(), entry.since(), adapters::maySee)))
                .toList();
    }

    @GET
    @Path("/cases/{publisher}/{name}")
    @Transactional
    @Operation(summary = "One adapter's reports, decisions and appeals")
    public CaseView file(@PathParam("publisher") String publisher, @PathParam("name") String name) {
        return new CaseView(
                new CaseFile(Repository.of(adapters.visibleModerated(publisher, name)), null, adapters::maySee));
    }

    @POST
    @Path("/cases/{publisher}/{name}/decisions")
    @ResponseStatus(201)
    @Transactional
    @Operation(summary = "Decide on an adapter")
    @APIResponseSchema(value = DecisionView.class, responseCode = "201")
    public DecisionView decide(
            @PathParam("publisher") String publisher, @PathParam("name") String name, @NotNull NewDecision decision) {
        ModerationAction action = ModerationAction.of(decision.action())
                .orElseThrow(() -> ProblemException.invalid(
                        "action", "The actions are approve, ask-for-changes, take-down and restore."));
        if (decision.edition() == null) {
            throw ProblemException.invalid("edition", "Give the adapter's edition as you saw it.");
        }
        return DecisionView.of(moderation.decide(
                adapters.visibleModerated(publisher, name), action, decision.reason(), decision.edition()));
    }

    @GET
    @Path("/members")
    @Operation(summary = "Members, by name")
    public List<MemberView> members(
            @QueryParam("q") String begins,
            @QueryParam("after") String after,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(100) int limit) {
        return members.page(begins, after, limit).stream().map(MemberView::of).toList();
    }

    @PUT
    @Path("/members/{member}/ban")
    @Operation(summary = "Ban a member; only from a signed-in browser")
    public void ban(@PathParam("member") String name, @NotNull Ban ban) {
        members.ban(name, ban.reason());
    }

    @DELETE
    @Path("/members/{member}/ban")
    @Operation(summary = "Lift the ban of a member; only from a signed-in browser")
    public void unban(@PathParam("member") String name) {
        members.unban(name);
    }

    @PUT
    @Path("/members/{member}/role")
    @RolesAllowed("ADMIN")
    @Operation(summary = "Give a member another role; for admins, only from a signed-in browser")
    public void changeRole(@PathParam("member") String name, @NotNull NewRole request) {
        stepUp.requireByApi();
        members.changeRole(name, MembersPage.role(request.role()));
    }

    @GET
    @Path("/audit")
    @Operation(summary = "The audit log, newest first")
    public List<EntryView> audit(
            @QueryParam("before") Long before,
            @QueryParam("actor") String actor,
            @QueryParam("action") String action,
            @QueryParam("subject") String subject,
            @QueryParam("limit") @DefaultValue("50") @Min(1) @Max(200) int limit) {
        return audit.page(before, actor, action, subject, limit);
    }
}

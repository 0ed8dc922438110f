package io.lorahub.moderation;

import io.lorahub.adapter.Adapters;
import io.lorahub.moderation.ModerationViews.AppealView;
import io.lorahub.moderation.ModerationViews.ReportView;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Reports and appeals of members. */
@Path("/api/v1/adapters/{publisher}/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
@Authenticated
public class ReportResource {

    private final Moderation moderation;
    private final Adapters adapters;

    public ReportResource(Moderation moderation, Adapters adapters) {
        this.moderation = moderation;
        this.adapters = adapters;
    }

    /** @param category copy, licence, misleading, harmful, broken, spam or other */
    @Schema(requiredProperties = "category")
    public record NewReport(
            @Schema(enumeration = {"copy", "licence", "misleading", "harmful", "broken", "spam", "other"})
            String category,

            @Schema(nullable = true, description = "what is wrong; null means omitted")
            String text) {}

    @Schema(requiredProperties = "text")
    public record NewAppeal(String text) {}

    @POST
    @Path("/reports")
    @ResponseStatus(201)
    @Transactional
    @Operation(summary = "Report an adapter to the moderators")
    @APIResponseSchema(value = ReportView.class, responseCode = "201")
    public ReportView report(
            @PathParam("publisher") String publisher,
            @PathParam("name") String name,
            @NotNull @Valid NewReport report) {
        return ReportView.of(
                moderation.report(adapters.visibleModerated(publisher, name), report.category(), report.text()));
    }

    @POST
    @Path("/appeals")
    @ResponseStatus(201)
    @Transactional
    @Operation(summary = "Appeal a moderation decision on your adapter")
    @APIResponseSchema(value = AppealView.class, responseCode = "201")
    public AppealView appeal(
            @PathParam("publisher") String publisher,
            @PathParam("name") String name,
            @NotNull @Valid NewAppeal appeal) {
        return AppealView.of(moderation.appeal(adapters.visibleModerated(publisher, name), appeal.text()));
    }
}

package io.lorahub.admin;

import io.lorahub.web.CachePolicy;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Shows everyone whether the hub works; 503 if it does not. */
@Path("/status")
@Produces(MediaType.TEXT_HTML)
public class StatusPage {

    private static final int UNAVAILABLE = 503;

    private final SmallRyeHealthReporter health;
    private final DatabaseHealth database;

    StatusPage(SmallRyeHealthReporter health, DatabaseHealth database) {
        this.health = health;
        this.database = database;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Status status);

        private Templates() {}
    }

    @GET
    @Operation(hidden = true)
    public Response show() {
        Status status = Status.of(Health.of(health), database.workers());
        return Response.status(status.up() ? Response.Status.OK.getStatusCode() : UNAVAILABLE)
                .header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value())
                .entity(Templates.show(status))
                .build();
    }
}

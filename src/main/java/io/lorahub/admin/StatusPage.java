package io.lorahub.admin;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Whether the hub works, for everybody; 503 where it does not. */
@Path("/status")
@Produces(MediaType.TEXT_HTML)
public class StatusPage {

    private static final String WORKERS = "select count(*) from worker where seen_at > now() - interval '1 minute'";

    private static final int UNAVAILABLE = 503;

    private final SmallRyeHealthReporter health;
    private final DataSource database;

    StatusPage(SmallRyeHealthReporter health, DataSource database) {
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
        Status status = Status.of(Health.of(health), workers());
        return Response.status(status.up() ? Response.Status.OK.getStatusCode() : UNAVAILABLE)
                .header("Cache-Control", "no-store")
                .entity(Templates.show(status))
                .build();
    }

    private Optional<Long> workers() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(WORKERS)) {
            row.next();
            return Optional.of(row.getLong(1));
        } catch (SQLException e) {
            return Optional.empty(); // the page says that the database does not answer
        }
    }
}

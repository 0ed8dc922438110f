package io.lorahub.account;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.PageFrame;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller, in the API. */
@Path("/api/v1/me")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Account")
public class MeResource {

    /**
     * @param publishers names under which the person can publish
     * @param role       {@code member}, {@code moderator} or {@code admin}
     * @param scope      rights of this request: the scope of an access token, or {@code write} for a browser session
     * @param unread     number of unread notices in the inbox
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MeView(
            String name,
            String displayName,
            String email,
            String role,
            List<String> publishers,
            String scope,
            long unread,
            Instant createdAt) {}

    private final Viewer viewer;
    private final PageFrame frame;

    MeResource(Viewer viewer, PageFrame frame) {
        this.viewer = viewer;
        this.frame = frame;
    }

    @GET
    @Operation(summary = "Who am I, and what can I do?")
    public MeView get() {
        Person person = viewer.require();
        List<String> publishers =
                Publisher.of(person).stream().map(publisher -> publisher.name).toList();
        return new MeView(
                person.name,
                person.displayName,
                person.email,
                EnumNames.of(person.role),
                publishers,
                EnumNames.of(viewer.scope()),
                frame.count("unread"),
                person.createdAt);
    }
}

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

    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public static final class MeView {

        public final String name;
        public final String displayName;
        public final String email;

        /** {@code member}, {@code moderator} or {@code admin}. */
        public final String role;

        /** Names under which the person can publish. */
        public final List<String> publishers;

        /** Rights of this request: the scope of an access token, or {@code write} for a browser session. */
        public final String scope;

        /** Number of unread notices in the inbox. */
        public final long unread;

        public final Instant createdAt;

        // Jackson writes fields first that are named like a parameter
        private MeView(Person person, Viewer viewer, long notices) {
            name = person.name;
            displayName = person.displayName;
            email = person.email;
            role = EnumNames.of(person.role);
            publishers = Publisher.of(person).stream()
                    .map(publisher -> publisher.name)
                    .toList();
            scope = EnumNames.of(viewer.scope());
            unread = notices;
            createdAt = person.createdAt;
        }
    }

    private final Viewer viewer;
    private final PageFrame frame;

    MeResource(Viewer viewer, PageFrame frame) {
        this.viewer = viewer;
        this.frame = frame;
    }

    @GET
    @Operation(summary = "Who am I, and what can I do?")
    public MeView get() {
        return new MeView(viewer.require(), viewer, frame.count("unread"));
    }
}

package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The caller, for clients of the Hugging Face Hub. */
@Path("/api/whoami-v2")
@Produces(MediaType.APPLICATION_JSON)
public class WhoAmIResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Viewer viewer;

    WhoAmIResource(Viewer viewer) {
        this.viewer = viewer;
    }

    @GET
    @Transactional
    @Operation(hidden = true)
    public JsonNode get() {
        Person person = viewer.require();
        ObjectNode json = JSON.createObjectNode()
                .put("type", "user")
                .put("id", person.id.toString())
                .put("name", person.name)
                .put("fullname", person.displayName.isEmpty() ? person.name : person.displayName)
                .put("email", person.email)
                .put("emailVerified", false)
                .put("isPro", false)
                .put("canPay", false);
        ArrayNode groups = json.putArray("orgs");
        for (Publisher publisher : Publisher.of(person)) {
            if (publisher.name.equals(person.name)) continue;
            groups.addObject()
                    .put("type", "org")
                    .put("id", publisher.id.toString())
                    .put("name", publisher.name)
                    .put("fullname", publisher.title.isEmpty() ? publisher.name : publisher.title)
                    .put("roleInOrg", "write");
        }
        viewer.token()
                .ifPresent(token -> json.putObject("auth")
                        .put("type", "access_token")
                        .putObject("accessToken")
                        .put("displayName", token.name)
                        .put("role", token.scope == AccessToken.Scope.READ ? "read" : "write")
                        .put("createdAt", RepositoryJson.time(token.createdAt)));
        return json;
    }
}

package io.lorahub.huggingface.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Tells clients with {@code hf_xet} where to send pieces of files, with the token that they use already. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class XetTokenResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Clients then ask for another address; a transfer is good for longer. */
    private static final Duration LIFETIME = Duration.ofHours(12);

    private final Repositories repositories;
    private final FileTransfers transfers;
    private final SiteAddress site;

    XetTokenResource(Repositories repositories, FileTransfers transfers, SiteAddress site) {
        this.repositories = repositories;
        this.transfers = transfers;
        this.site = site;
    }

    @GET
    @Path("/xet-write-token/{revision}")
    @Operation(hidden = true)
    public Response token(
            String repository, String revision, @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization) {
        HubRepository repo = repositories.receiving(repository);
        repositories.atBranch(repo, revision);
        if (authorization == null) {
            throw ProblemException.badRequest("Use an access token with the scope “Read and write”.");
        }
        JsonNode answer = JSON.createObjectNode()
                .put("casUrl", site.of("/api/xet/" + transfers.openForPieces(repo)))
                .put("accessToken", authorization.replaceFirst("^\\S+\\s+", ""))
                .put("exp", Instant.now().plus(LIFETIME).getEpochSecond());
        return Response.ok(answer)
                .header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value())
                .build();
    }
}

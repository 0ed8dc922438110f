package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.huggingface.RepositoryJson;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Giving storage back, for clients of the Hugging Face Hub: {@code super_squash_history}, {@code list_lfs_files}. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class RepositoryHistoryResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_TITLE = 1000;
    private static final int MOST_FILES = 1000;

    private final Repositories repositories;
    private final RepositoryHistory history;

    RepositoryHistoryResource(Repositories repositories, RepositoryHistory history) {
        this.repositories = repositories;
        this.history = history;
    }

    @POST
    @Path("/super-squash/{branch}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public JsonNode squash(String repository, String branch, JsonNode body) {
        HubRepository repo = repositories.writable(repository);
        if (isTag(repo, branch)) {
            throw ProblemException.badRequest("Invalid reference for a branch: %s is a tag.".formatted(branch));
        }
        String name = branch.equals("refs/heads/" + HubRepository.MAIN) ? HubRepository.MAIN : branch;
        String title = body != null && body.path("message").isTextual()
                ? body.path("message").textValue().strip()
                : "";
        if (title.length() > LONGEST_TITLE) {
            throw ProblemException.badRequest("A message can have at most %,d characters.".formatted(LONGEST_TITLE));
        }
        history.squash(
                repositories.atBranch(repo, name),
                name,
                title.isEmpty() ? "Super-squash branch '%s'".formatted(name) : title);
        return JSON.createObjectNode();
    }

    private boolean isTag(HubRepository repository, String name) {
        List<RepositoryRef> named = repositories.refs(repository).stream()
                .filter(ref -> ref.name.equals(name))
                .toList();
        boolean tagged = repository.labels().containsKey(name) || named.stream().anyMatch(ref -> !ref.branch);
        return name.startsWith("refs/tags/") || tagged && named.stream().noneMatch(ref -> ref.branch);
    }

    @GET
    @Path("/lfs-files")
    @Operation(hidden = true)
    public JsonNode largeFiles(String repository) {
        ArrayNode files = JSON.createArrayNode();
        for (RepositoryHistory.LargeFile file : history.largeFiles(repositories.writable(repository))) {
            files.addObject()
                    .put("fileOid", file.sha256())
                    .put("oid", file.sha256())
                    .put("filename", file.path())
                    .put("ref", file.ref())
                    .put("pushedAt", RepositoryJson.time(file.at()))
                    .put("size", file.size());
        }
        return files;
    }

    @POST
    @Path("/lfs-files/batch")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public JsonNode deleteLargeFiles(String repository, JsonNode body) {
        HubRepository repo = repositories.writable(repository);
        JsonNode hashes =
                body == null ? JSON.nullNode() : body.path("deletions").path("sha");
        if (!hashes.isArray() || hashes.size() > MOST_FILES) {
            throw ProblemException.badRequest(
                    "Name at most %,d files by their SHA-256, as {\"deletions\": {\"sha\": […]}}."
                            .formatted(MOST_FILES));
        }
        Set<String> named = new TreeSet<>();
        hashes.forEach(hash -> named.add(hash.asText()));
        history.deleteLargeFiles(repo, named);
        return JSON.createObjectNode();
    }
}

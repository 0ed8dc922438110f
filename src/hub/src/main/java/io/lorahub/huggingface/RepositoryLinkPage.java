package io.lorahub.huggingface;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Addresses of pages of the Hugging Face Hub: clients print that of a commit, and cards and scripts name those of files.
 * They lead to the file, or to the page of the repository.
 */
@Path("/{repository:[^/]+/[^/]+}/{view:blob|raw|tree|commits?}")
public class RepositoryLinkPage {

    private final Repositories repositories;

    RepositoryLinkPage(Repositories repositories) {
        this.repositories = repositories;
    }

    /** @param revision of a folder, or the commit itself */
    @GET
    @Path("/{revision}")
    @Operation(hidden = true)
    public Response revision(String repository, String view, String revision) {
        HubRepository repo = repositories.visible(repository);
        repositories.commit(repo, revision);
        return page(repo);
    }

    @GET
    @Path("/{revision}/{path:.+}")
    @Operation(hidden = true)
    public Response path(String repository, String view, String revision, String path) {
        HubRepository repo = repositories.visible(repository);
        Commit commit = repositories.commit(repo, revision);
        boolean file = commit.tree().file(path).isPresent();
        if (!file && !commit.tree().isFolder(path.replaceAll("/+$", ""))) {
            throw HubErrors.noEntry(repo.id(), path, commit);
        }
        if (!file) return page(repo);
        URI content = UriBuilder.fromPath("/{id}/resolve/{revision}/{path}")
                .resolveTemplate("id", repo.id(), false)
                .resolveTemplate("revision", revision)
                .resolveTemplate("path", path, false)
                .build();
        return Response.seeOther(content).build();
    }

    private static Response page(HubRepository repository) {
        if (repository.model().isPresent()) {
            return Response.seeOther(URI.create("/base-models/" + repository.id()))
                    .build();
        }
        return Response.seeOther(URI.create("/" + repository.id())).build();
    }
}

package io.lorahub.huggingface;

import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.download.Download;
import io.lorahub.download.DownloadAccess;
import io.lorahub.download.DownloadResponses;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The files of a repository for clients of the Hugging Face Hub, whole and in ranges. */
@Path("/{repository:[^/]+(?:/[^/]+)?}/resolve")
public class RepositoryFileResource {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Repositories repositories;
    private final BaseModelConfig models;
    private final DownloadResponses responses;

    RepositoryFileResource(Repositories repositories, BaseModelConfig models, DownloadResponses responses) {
        this.repositories = repositories;
        this.models = models;
        this.responses = responses;
    }

    @GET
    @Path("/{revision}/{path:.+}")
    @Operation(hidden = true)
    public Response file(String repository, String revision, String path) {
        HubRepository repo = repositories.visible(repository);
        if (repo.model().isPresent() && !models.downloads()) {
            throw HubErrors.gated(
                    "This hub does not hand out base models; get %s where it comes from.".formatted(repo.id()));
        }
        Commit commit = repositories.commit(repo, revision);
        TreeFile file = commit.tree().file(path).orElseThrow(() -> HubErrors.noEntry(repo.id(), path, commit));
        Response answer = responses.of(download(repo, commit, file));
        Response.ResponseBuilder more = Response.fromResponse(answer).header("X-Repo-Commit", commit.oid());
        if (file.lfs()) {
            more.header("X-Linked-Size", file.size()).header("X-Linked-Etag", "\"" + file.etag() + "\"");
        }
        return more.build();
    }

    private Download download(HubRepository repository, Commit commit, TreeFile file) {
        return Download.ofFile(
                file.path().substring(file.path().lastIndexOf('/') + 1),
                file.sha256(),
                file.size(),
                file.etag(),
                commit.at(),
                new DownloadAccess(
                        repository.everybody(),
                        repositories.toDownload(repository),
                        file.path().equals(WEIGHTS)
                                ? repository.adapter().map(adapter -> adapter.id)
                                : Optional.empty()));
    }
}

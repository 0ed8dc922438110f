package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.huggingface.Commit;
import io.lorahub.huggingface.HubErrors;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadLimits;
import io.lorahub.web.BodyStream;
import io.lorahub.web.DrainingGuard;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;

/**
 * Commits of clients of the Hugging Face Hub. Small files are sent within the commit, and large ones before it; see
 * {@code huggingface.transfer}.
 */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class CommitResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger LOG = Logger.getLogger(CommitResource.class);
    /** Clients ask for 256 at a time. */
    private static final int MOST_PREUPLOADED = 1000;

    private static final String NDJSON = "application/x-ndjson";

    /** Clients of version 1.0 and newer print it: a topic, a semicolon and a sentence. */
    private static final String WARNING = "X-HF-Warning";

    private final Viewer viewer;
    private final Repositories repositories;
    private final Commits commits;
    private final ObjectStore store;
    private final UploadLimits limits;
    private final UploadConfig config;
    private final ManagedExecutor executor;
    private final DrainingGuard draining;
    private final SiteAddress site;
    private final RequestBudgets budgets;

    CommitResource(
            Viewer viewer,
            Repositories repositories,
            Commits commits,
            ObjectStore store,
            UploadLimits limits,
            UploadConfig config,
            ManagedExecutor executor,
            DrainingGuard draining,
            SiteAddress site,
            RequestBudgets budgets) {
        this.viewer = viewer;
        this.repositories = repositories;
        this.commits = commits;
        this.store = store;
        this.limits = limits;
        this.config = config;
        this.executor = executor;
        this.draining = draining;
        this.site = site;
        this.budgets = budgets;
    }

    @POST
    @Path("/preupload/{revision}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public JsonNode preupload(
            String repository,
            String revision,
            @QueryParam("create_pr") @DefaultValue("") String pullRequest,
            JsonNode body) {
        requireNoPullRequest(pullRequest);
        if (body == null) throw ProblemException.badRequest("Send a JSON object with the list files.");
        HubRepository repo = writable(repository, revision);
        if (body.path("files").size() > MOST_PREUPLOADED) {
            throw ProblemException.tooLarge("Ask for up to %,d files at a time; there are %,d."
                    .formatted(MOST_PREUPLOADED, body.path("files").size()));
        }
        Map<String, Long> files = new HashMap<>();
        for (JsonNode file : body.path("files")) {
            if (!file.path("path").isTextual()) throw ProblemException.invalid("files", "Each file needs a path.");
            RepositoryPath.requireLength(file.path("path").textValue());
            files.put(file.path("path").asText(), file.path("size").asLong());
        }
        return budgets.current().compute(() -> modes(repo, files, body.path("gitIgnore")));
    }

    private JsonNode modes(HubRepository repo, Map<String, Long> files, JsonNode gitIgnore) {
        boolean adapter = Commits.concernsAdapter(repo, files);
        IgnoredFiles ignored =
                new IgnoredFiles(gitIgnore.isTextual() ? gitIgnore.textValue() : commits.gitIgnore(repo));
        LfsAttributes attributes = commits.lfsAttributes(repo);
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode modes = answer.putArray("files");
        files.keySet()
                .forEach(path -> modes.addObject()
                        .put("path", path)
                        .put(
                                "uploadMode",
                                TreeFile.isLfs(path, files.get(path)) || attributes.contains(path) ? "lfs" : "regular")
                        .put("shouldIgnore", ignored.contains(path) || adapter && RepositoryPath.isPickle(path))
                        .put("oid", oid(repo, path)));
        return answer;
    }

    /** The id of the file that the repository has there; clients do not send the same content again. */
    private static String oid(HubRepository repository, String path) {
        return repository
                .head()
                .flatMap(head -> head.tree().file(path))
                .map(TreeFile::etag)
                .orElse(null);
    }

    @POST
    @Path("/commit/{revision}")
    @Consumes({NDJSON, MediaType.APPLICATION_JSON})
    @Operation(hidden = true)
    @Blocking
    public Uni<Response> commit(
            String repository,
            String revision,
            @QueryParam("create_pr") @DefaultValue("") String pullRequest,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @DefaultValue("0") long length) {
        draining.requireTime();
        requireNoPullRequest(pullRequest);
        HubRepository repo = writable(repository, revision);
        Person person = viewer.require();
        if (length <= 0) throw ProblemException.badRequest("Send the commit with its Content-Length.");
        // Base64 has four characters for three bytes
        QuarkusTransaction.requiringNew().run(() -> limits.checkDayFor(person, length / 4 * 3));
        CommitRequest sent = read(person);
        return untilLeft(left -> commits.apply(repo, revision, sent, left))
                .map(head -> committed(repo, revision, head));
    }

    private Response committed(HubRepository repository, String revision, Commit head) {
        String unlisted = Commits.whyUnlisted(repository, revision, head);
        Response.ResponseBuilder answer = Response.ok(JSON.createObjectNode()
                .put("success", true)
                .put("commitOid", head.oid())
                .put("commitUrl", site.of("/" + repository.id() + "/commit/" + head.oid()))
                .put("hookOutput", unlisted));
        // clients show one warning of each topic
        if (!unlisted.isEmpty()) answer.header(WARNING, repository.id() + "; " + unlisted);
        return answer.build();
    }

    private static void requireNoPullRequest(String requested) {
        if (!requested.isEmpty()) throw HubErrors.noPullRequests();
    }

    /**
     * Work that is told when the client leaves, instead of being cut off: what is half done must be finished or undone
     * in order.
     */
    private static <T> Uni<T> untilLeft(Function<Uni<Void>, Uni<T>> work) {
        return Uni.createFrom().emitter(answer -> {
            CompletableFuture<Void> left = new CompletableFuture<>();
            AtomicBoolean answered = new AtomicBoolean();
            answer.onTermination(() -> {
                if (answered.compareAndSet(false, true)) left.complete(null);
            });
            // not of the future itself, which would end with the first who no longer wants to hear of it
            work.apply(Uni.createFrom().emitter(gone -> left.thenRun(() -> gone.complete(null))))
                    .subscribe()
                    .with(
                            made -> {
                                if (answered.compareAndSet(false, true)) answer.complete(made);
                            },
                            failure -> {
                                if (answered.compareAndSet(false, true)) answer.fail(failure);
                                else LOG.debug("A commit ended after its client had left.", failure);
                            });
        });
    }

    private CommitRequest read(Person person) {
        RequestBudget budget = budgets.current();
        try (BodyStream body = budget.receive()) {
            CommitRequest commit = new CommitReader(
                            store, executor, budget, config.adapterSize().asLongValue())
                    .read(body);
            long sent = commit.staged().stream().mapToLong(file -> file.size()).sum();
            QuarkusTransaction.requiringNew().run(() -> limits.addToDay(person, sent));
            return commit;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HubRepository writable(String repository, String revision) {
        HubRepository repo = repositories.writable(repository);
        return repositories.atBranch(repo, revision);
    }
}

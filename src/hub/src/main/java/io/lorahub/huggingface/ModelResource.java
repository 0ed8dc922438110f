package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.ChangesNothing;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** One repository for clients of the Hugging Face Hub: its description, files, revisions and commits. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class ModelResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TREE_PAGE = 1000;
    private static final int COMMIT_PAGE = 100;

    /** Each has a list of all files, so only so many are looked at for the last commits of files. */
    private static final int COMMITS_READ = 100;

    // Positions in a list of files: folders come before files, as clients before version 1.0 expect it.
    private static final String FOLDER = "0";
    private static final String FILE = "1";

    private final Repositories repositories;
    private final SiteAddress site;

    ModelResource(Repositories repositories, SiteAddress site) {
        this.repositories = repositories;
        this.site = site;
    }

    @GET
    @Operation(hidden = true)
    public JsonNode model(String repository, @RestQuery List<String> expand, @QueryParam("blobs") boolean blobs) {
        HubRepository repo = repositories.visible(repository);
        return model(repo, repo.head().orElse(null), expand, blobs);
    }

    @GET
    @Path("/revision/{revision}")
    @Operation(hidden = true)
    public JsonNode atRevision(
            String repository, String revision, @RestQuery List<String> expand, @QueryParam("blobs") boolean blobs) {
        HubRepository repo = repositories.visible(repository);
        return model(repo, repositories.commit(repo, revision), expand, blobs);
    }

    /** @param expand names of the properties that the client wants; all if there are none */
    private JsonNode model(HubRepository repo, Commit commit, List<String> expand, boolean blobs) {
        boolean all = expand.isEmpty() || expand.contains("cardData") || expand.contains("library_name");
        HubRepository known = all && commit != null ? repositories.withMetadata(repo, commit) : repo;
        return expanded(RepositoryJson.model(known, commit, blobs), expand);
    }

    private static JsonNode expanded(ObjectNode model, List<String> expand) {
        if (expand.isEmpty()) return model;
        expand.stream()
                .filter(name -> !RepositoryJson.isProperty(name))
                .findFirst()
                .ifPresent(name -> {
                    throw ProblemException.badRequest("A model has no property \"%s\" to expand.".formatted(name));
                });
        return RepositoryJson.only(model, expand);
    }

    @GET
    @Path("/tree/{revision}")
    @Operation(hidden = true)
    public Response root(
            String repository,
            String revision,
            @QueryParam("recursive") boolean recursive,
            @QueryParam("expand") boolean expand,
            @QueryParam("limit") @DefaultValue("1000") int limit,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @Context UriInfo uri) {
        return tree(repository, revision, "", recursive, expand, limit, cursor, uri);
    }

    @GET
    @Path("/tree/{revision}/{path:.+}")
    @Operation(hidden = true)
    public Response tree(
            String repository,
            String revision,
            String path,
            @QueryParam("recursive") boolean recursive,
            @QueryParam("expand") boolean expand,
            @QueryParam("limit") @DefaultValue("1000") int limit,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @Context UriInfo uri) {
        HubRepository repo = repositories.visible(repository);
        if (repo.head().isEmpty() && revision.equals(HubRepository.MAIN) && path.isEmpty()) {
            return Response.ok(JSON.createArrayNode()).build();
        }
        Commit commit = repositories.commit(repo, revision);
        String folder = path.replaceAll("/+$", "");
        if (!commit.tree().isFolder(folder)) throw HubErrors.noEntry(repo.id(), path, commit);
        Map<String, Commit> last = expand ? lastCommits(repo, commit) : Map.of();
        int depth = folder.isEmpty() ? 0 : folder.split("/").length;
        List<String> folders =
                recursive ? commit.tree().folders(folder) : commit.tree().foldersIn(folder);
        Stream<String> files = commit.tree().below(folder).stream()
                .map(TreeFile::path)
                .filter(file -> recursive || file.split("/").length == depth + 1);
        List<String> rest = Stream.concat(folders.stream().map(FOLDER::concat), files.map(FILE::concat))
                .filter(position -> position.compareTo(cursor) > 0)
                .sorted()
                .toList();
        List<String> shown = rest.subList(0, Math.min(Math.max(1, Math.min(limit, TREE_PAGE)), rest.size()));
        ArrayNode entries = JSON.createArrayNode();
        for (String position : shown) entries.add(entry(commit, position.substring(1), last));
        Response.ResponseBuilder answer = Response.ok((JsonNode) entries);
        if (shown.size() < rest.size()) next(answer, uri, "cursor", shown.get(shown.size() - 1));
        return answer.build();
    }

    /** @param last what {@link #lastCommits} says; empty if that wasn't asked */
    private static ObjectNode entry(Commit commit, String path, Map<String, Commit> last) {
        return commit.tree()
                .file(path)
                .map(file -> RepositoryJson.file(file, last.get(path)))
                .orElseGet(() -> RepositoryJson.folder(path, commit.tree().folderOid(path), last.get(path + "/")));
    }

    /** The address of the next page, in the header Link (RFC 8288). */
    private void next(Response.ResponseBuilder answer, UriInfo uri, String parameter, String value) {
        URI next = uri.getRequestUriBuilder()
                .replaceQueryParam(parameter, "{value}")
                .build(value);
        answer.link(site.of(next.getRawPath() + "?" + next.getRawQuery()), "next");
    }

    @POST
    @ChangesNothing
    @Path("/paths-info/{revision}")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Operation(hidden = true)
    public JsonNode paths(
            String repository,
            String revision,
            @FormParam("paths") List<String> paths,
            @FormParam("expand") @DefaultValue("false") String expand) {
        HubRepository repo = repositories.visible(repository);
        ArrayNode entries = JSON.createArrayNode();
        if (repo.head().isEmpty() && revision.equals(HubRepository.MAIN)) return entries;
        Commit commit = repositories.commit(repo, revision);
        Map<String, Commit> last = expand.equalsIgnoreCase("true") ? lastCommits(repo, commit) : Map.of();
        for (String path : paths) {
            String plain = path.replaceAll("^/+|/+$", "");
            boolean folder = !plain.isEmpty() && commit.tree().isFolder(plain);
            if (folder || commit.tree().file(plain).isPresent()) entries.add(entry(commit, plain, last));
        }
        return entries;
    }

    @GET
    @Path("/refs")
    @Operation(hidden = true)
    public JsonNode refs(String repository) {
        HubRepository repo = repositories.visible(repository);
        ObjectNode json = JSON.createObjectNode();
        ArrayNode tags = json.putArray("tags");
        ArrayNode branches = json.putArray("branches");
        json.putArray("converts");
        json.putArray("pullRequests");
        repo.labels().forEach((label, oid) -> tags.add(RepositoryJson.ref("tags", label, oid)));
        repositories.refs(repo).stream()
                .filter(ref -> ref.branch || !repo.labels().containsKey(ref.name)) // the label has precedence
                .forEach(ref -> (ref.branch ? branches : tags)
                        .add(RepositoryJson.ref(ref.branch ? "heads" : "tags", ref.name, ref.oid)));
        repo.head().ifPresent(head -> branches.add(RepositoryJson.ref("heads", HubRepository.MAIN, head.oid())));
        return json;
    }

    @GET
    @Path("/commits/{revision}")
    @Operation(hidden = true)
    public Response commits(
            String repository,
            String revision,
            @QueryParam("expand[]") @DefaultValue("") String expand,
            @QueryParam("limit") @DefaultValue("100") int limit,
            @QueryParam("p") int page,
            @Context UriInfo uri) {
        HubRepository repo = repositories.visible(repository);
        Commit newest = repositories.commit(repo, revision);
        List<String> all = repositories.history(repo, newest);
        int size = Math.max(1, Math.min(limit, COMMIT_PAGE));
        int from = (int) Math.min(all.size(), (long) size * Math.max(0, page));
        int to = Math.min(all.size(), from + size);
        List<Commit> shown = repo.stored().isEmpty()
                ? List.of(newest).subList(from, to)
                : repositories.withoutFiles(all.subList(from, to));
        ArrayNode commits = JSON.createArrayNode();
        shown.forEach(commit -> commits.add(RepositoryJson.commit(commit, expand.equals("formatted"))));
        Response.ResponseBuilder answer = Response.ok((JsonNode) commits);
        if (to < all.size()) next(answer, uri, "p", Integer.toString(Math.max(0, page) + 1));
        return answer.build();
    }

    @GET
    @Path("/auth-check")
    @Operation(hidden = true)
    public JsonNode mayRead(String repository) {
        repositories.visible(repository);
        return JSON.createObjectNode();
    }

    @GET
    @Path("/auth-check/write")
    @Operation(hidden = true)
    public JsonNode mayWrite(String repository) {
        repositories.writable(repository);
        return JSON.createObjectNode();
    }

    /**
     * The last commit that changed each file and folder, by path; those of folders end with a slash. What is older than the
     * {@link #COMMITS_READ} newest commits has the oldest of these.
     */
    private Map<String, Commit> lastCommits(HubRepository repository, Commit commit) {
        List<String> history = repositories.history(repository, commit);
        Map<String, TreeFile> open = new HashMap<>(commit.tree().files());
        Map<String, Commit> last = new HashMap<>();
        Commit since = commit.withoutFiles();
        for (String oid : history.subList(1, Math.max(1, Math.min(COMMITS_READ, history.size())))) {
            if (open.isEmpty()) break;
            Commit older = repositories.commit(repository, oid);
            for (TreeFile file : List.copyOf(open.values())) {
                if (older.tree().file(file.path()).filter(file::equals).isPresent()) continue;
                last.put(file.path(), since);
                open.remove(file.path());
            }
            since = older.withoutFiles();
        }
        for (String path : open.keySet()) last.put(path, since);
        for (String path : commit.tree().files().keySet()) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                last.merge(
                        path.substring(0, slash + 1),
                        last.get(path),
                        (one, other) -> one.at().compareTo(other.at()) < 0 ? other : one);
            }
        }
        return last;
    }
}

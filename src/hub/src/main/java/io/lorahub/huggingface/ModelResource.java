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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** One repository for clients of the Hugging Face Hub: its description, files, revisions and commits. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class ModelResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TREE_PAGE = 1000;

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
        List<ObjectNode> entries = new ArrayList<>();
        for (String below : commit.tree().folders(folder)) {
            if (recursive || below.split("/").length == depth + 1) {
                entries.add(RepositoryJson.folder(below, commit.tree().folderOid(below), last.get(below + "/")));
            }
        }
        for (TreeFile file : commit.tree().below(folder)) {
            if (recursive || file.path().split("/").length == depth + 1) {
                entries.add(RepositoryJson.file(file, last.get(file.path())));
            }
        }
        entries.sort(Comparator.comparing(ModelResource::position));
        return page(entries, Math.max(1, Math.min(limit, TREE_PAGE)), cursor, uri);
    }

    /** Folders come before files, as clients before version 1.0 expect it. */
    private static String position(ObjectNode entry) {
        String kind = entry.path("type").textValue().equals("directory") ? "0" : "1";
        return kind + entry.path("path").textValue();
    }

    /** One page, with the address of the next in the header Link (RFC 8288). The cursor is the last position before it. */
    private Response page(List<ObjectNode> entries, int limit, String cursor, UriInfo uri) {
        List<ObjectNode> rest = entries.stream()
                .filter(entry -> position(entry).compareTo(cursor) > 0)
                .toList();
        List<ObjectNode> shown = rest.subList(0, Math.min(limit, rest.size()));
        Response.ResponseBuilder answer = Response.ok(JSON.createArrayNode().addAll(shown));
        if (shown.size() < rest.size()) {
            URI next = uri.getRequestUriBuilder()
                    .replaceQueryParam("cursor", "{cursor}")
                    .build(position(shown.get(shown.size() - 1)));
            answer.link(site.of(next.getRawPath() + "?" + next.getRawQuery()), "next");
        }
        return answer.build();
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
        Map<String, Commit> last = expand.equalsIgnoreCase("true") ? lastCommits(repo, commit) : new TreeMap<>();
        for (String path : paths) {
            String plain = path.replaceAll("^/+|/+$", "");
            commit.tree()
                    .file(plain)
                    .ifPresentOrElse(file -> entries.add(RepositoryJson.file(file, last.get(plain))), () -> {
                        if (!plain.isEmpty() && commit.tree().isFolder(plain)) {
                            entries.add(RepositoryJson.folder(
                                    plain, commit.tree().folderOid(plain), last.get(plain + "/")));
                        }
                    });
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
    public JsonNode commits(
            String repository, String revision, @QueryParam("expand[]") @DefaultValue("") String expand) {
        HubRepository repo = repositories.visible(repository);
        ArrayNode commits = JSON.createArrayNode();
        repositories
                .history(repo, revision)
                .forEach(commit -> commits.add(RepositoryJson.commit(commit, expand.equals("formatted"))));
        return commits;
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

    /** The last commit that changed each file and folder, by path; those of folders end with a slash. */
    private Map<String, Commit> lastCommits(HubRepository repository, Commit commit) {
        List<Commit> history = repositories.history(repository, commit.oid());
        Map<String, Commit> last = new HashMap<>();
        for (TreeFile file : commit.tree().files().values()) last.put(file.path(), introduced(file, history));
        for (String folder : commit.tree().folders("")) {
            Commit newest = commit.tree().below(folder).stream()
                    .map(file -> last.get(file.path()))
                    .max((one, other) -> one.at().compareTo(other.at()))
                    .orElse(commit);
            last.put(folder + "/", newest);
        }
        return last;
    }

    /** @param history newest first, beginning with a commit that has the file */
    private static Commit introduced(TreeFile file, List<Commit> history) {
        Commit since = history.get(0);
        for (Commit commit : history) {
            if (!commit.tree().file(file.path()).filter(file::equals).isPresent()) return since;
            since = commit;
        }
        return since;
    }
}

package io.lorahub.huggingface.transfer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Where clients ask how to send large files: the batch API of Git LFS (git-lfs, docs/api/batch.md), with the transfer
 * "basic", and "multipart" as huggingface_hub speaks it for files of more than {@link LfsFileResource#PART_BYTES}.
 */
@Path("/{repository:[^/]+(?:/[^/]+)?}.git/info/lfs")
@Consumes({LfsResource.LFS_JSON, MediaType.APPLICATION_JSON})
@Produces({LfsResource.LFS_JSON, MediaType.APPLICATION_JSON})
public class LfsResource {

    static final String LFS_JSON = "application/vnd.git-lfs+json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_OBJECTS = 1000;

    private final Repositories repositories;
    private final FileTransfers transfers;
    private final SiteAddress site;
    private final RequestBudgets budgets;

    LfsResource(Repositories repositories, FileTransfers transfers, SiteAddress site, RequestBudgets budgets) {
        this.repositories = repositories;
        this.transfers = transfers;
        this.site = site;
        this.budgets = budgets;
    }

    @POST
    @Path("/objects/batch")
    @Operation(hidden = true)
    public String batch(String repository, InputStream body) {
        HubRepository repo = repositories.receiving(repository);
        JsonNode request = read(body);
        if (!request.path("operation").asText().equals("upload")) {
            throw ProblemException.badRequest(
                    "Download files from their addresses: /%s/resolve/main/….".formatted(repo.id()));
        }
        Map<String, Long> files = files(request);
        boolean multipart = false;
        for (JsonNode transfer : request.path("transfers"))
            multipart |= transfer.asText().equals("multipart");
        Map<String, Long> missing = new LinkedHashMap<>(files);
        Long id = repo.stored().orElseThrow();
        missing.entrySet().removeIf(file -> transfers.has(id, file.getKey(), file.getValue()));
        Map<String, UUID> open = transfers.open(repo, missing);
        ObjectNode answer = JSON.createObjectNode().put("hash_algo", "sha256");
        ArrayNode objects = answer.putArray("objects");
        boolean anyInParts = false;
        for (var file : files.entrySet()) {
            ObjectNode object = objects.addObject().put("oid", file.getKey()).put("size", file.getValue());
            UUID transfer = open.get(file.getKey());
            if (transfer == null) continue; // it is here
            object.put("authenticated", true);
            ObjectNode actions = object.putObject("actions");
            ObjectNode upload = actions.putObject("upload").put("href", site.of("/api/lfs/" + transfer));
            if (multipart && file.getValue() > LfsFileResource.PART_BYTES) {
                anyInParts = true;
                parts(upload.putObject("header"), transfer, file.getValue());
            }
            actions.putObject("verify").put("href", site.of("/" + repo.id() + ".git/info/lfs/objects/verify"));
        }
        return answer.put("transfer", anyInParts ? "multipart" : "basic").toString();
    }

    /** The addresses of the parts, by their numbers. */
    private void parts(ObjectNode header, UUID transfer, long size) {
        header.put("chunk_size", Long.toString(LfsFileResource.PART_BYTES));
        long count = (size + LfsFileResource.PART_BYTES - 1) / LfsFileResource.PART_BYTES;
        for (long part = 1; part <= count; part++) {
            header.put(Long.toString(part), site.of("/api/lfs/" + transfer + "/" + part));
        }
    }

    private static Map<String, Long> files(JsonNode request) {
        if (!request.path("hash_algo").asText("sha256").equals("sha256")) {
            throw ProblemException.badRequest("This hub names files by their SHA-256.");
        }
        if (request.path("objects").size() > MOST_OBJECTS) {
            throw ProblemException.tooLarge("Ask for at most %,d files at once.".formatted(MOST_OBJECTS));
        }
        Map<String, Long> files = new LinkedHashMap<>();
        for (JsonNode object : request.path("objects")) {
            String oid = object.path("oid").asText();
            if (!oid.matches("[0-9a-f]{64}")
                    || !object.path("size").canConvertToLong()
                    || object.path("size").asLong() <= 0) {
                throw ProblemException.invalid(
                        "objects", "Each object needs its SHA-256 as oid, and its size in bytes.");
            }
            files.put(oid, object.path("size").asLong());
        }
        return files;
    }

    @POST
    @Path("/objects/verify")
    @Operation(hidden = true)
    public String verify(String repository, InputStream body) {
        HubRepository repo = repositories.writable(repository);
        JsonNode file = read(body);
        if (!transfers.has(
                repo.stored().orElseThrow(),
                file.path("oid").asText(),
                file.path("size").asLong())) {
            throw ProblemException.notFound("file of this hash and size in %s".formatted(repo.id()));
        }
        return "{}";
    }

    private JsonNode read(InputStream body) {
        try (JsonParser parser = budgets.current().counted(JSON.createParser(body))) {
            JsonNode json = JSON.readTree(parser);
            if (json != null && json.isObject()) return json;
        } catch (JsonProcessingException | CharConversionException e) {
            // the answer is the same
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw ProblemException.badRequest("Send a JSON object, as the batch API of Git LFS describes it.");
    }
}

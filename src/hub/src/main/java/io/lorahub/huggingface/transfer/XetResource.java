package io.lorahub.huggingface.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.upload.UploadConfig;
import io.lorahub.web.BodyStream;
import io.lorahub.web.DrainingGuard;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * The part of the Xet protocol that clients need for uploads (https://huggingface.co/docs/xet): pieces of files arrive
 * as xorbs, then shards say which pieces make up which file. The files are put together at once and stored whole; the
 * xorbs are deleted. Each upload has an address of its own, so that clients leave no piece out because they sent it in
 * an earlier one.
 */
@Path("/api/xet/{id}/v1")
@Authenticated
@Produces(MediaType.APPLICATION_JSON)
public class XetResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The protocol's limit of 64 MiB, and room for headers of chunks and a footer. */
    private static final long MOST_XORB_BYTES = 72L << 20;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final FileTransfers transfers;
    private final TransferPieces pieces;
    private final UploadConfig config;
    private final DrainingGuard draining;
    private final RequestBudgets budgets;

    XetResource(
            FileTransfers transfers,
            TransferPieces pieces,
            UploadConfig config,
            DrainingGuard draining,
            RequestBudgets budgets) {
        this.transfers = transfers;
        this.pieces = pieces;
        this.config = config;
        this.draining = draining;
        this.budgets = budgets;
    }

    @POST
    @Path("/xorbs/{prefix}/{hash}")
    @Operation(hidden = true)
    public JsonNode xorb(UUID id, String prefix, String hash) {
        FileTransfers.Open transfer = transfers.ownForPieces(id);
        if (!HASH.matcher(hash).matches()) throw ProblemException.badRequest("A xorb is named by its hash.");
        draining.requireTime();
        try (BodyStream body = budgets.current().receive()) {
            pieces.receive(transfer, hash, body, MOST_XORB_BYTES);
        }
        return JSON.createObjectNode().put("was_inserted", true);
    }

    @POST
    @Path("/shards")
    @Operation(hidden = true)
    public JsonNode shard(UUID id) {
        FileTransfers.Open transfer = transfers.ownForPieces(id);
        draining.requireTime();
        RequestBudget budget = budgets.current();
        List<XetFile> files;
        try (BodyStream body = budget.receive()) {
            files = XetFile.readShard(body, config.fileSize().asLongValue(), budget);
        } catch (MalformedXetException e) {
            throw ProblemException.badRequest(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long size = files.stream().mapToLong(XetFile::size).sum();
        transfers.count(transfer, Math.max(0, size - pieces.bytes(transfer)));
        try (RequestBudget.Turn turn = budget.begin(RequestBudgets.Work.ASSEMBLE);
                Xorbs xorbs = new Xorbs(pieces.of(transfer), budget, most(files))) {
            for (XetFile file : files) {
                if (!isHere(transfer, file)) {
                    transfers.assemble(transfer, new AssembledInputStream(file, xorbs), file.sha256(), file.size());
                }
            }
        } catch (MalformedXetException e) {
            // the same request, sent before, may have used up the pieces
            if (!files.stream().allMatch(file -> isHere(transfer, file))) {
                throw ProblemException.badRequest(e.getMessage());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pieces.delete(transfer);
        return JSON.createObjectNode().put("result", 1);
    }

    private boolean isHere(FileTransfers.Open transfer, XetFile file) {
        return transfers.has(transfer.repositoryId(), file.sha256(), file.size());
    }

    /** Twice what a client's own shard takes, and as much as it takes to skip through the largest file's xorbs. */
    private long most(List<XetFile> files) {
        long own = files.stream()
                .mapToLong(file -> file.size() + Xorbs.CHUNK + Xorbs.OPENING)
                .sum();
        return 2 * own + config.fileSize().asLongValue();
    }
}

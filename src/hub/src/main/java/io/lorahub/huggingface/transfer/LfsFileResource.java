package io.lorahub.huggingface.transfer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.web.BodyStream;
import io.lorahub.web.DrainingGuard;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Receives one file by Git LFS, whole or in parts. Clients send no token: the address is secret and good for a day. */
@Path("/api/lfs/{id}")
public class LfsFileResource {

    /** Size of a part; files up to this size come whole. */
    static final long PART_BYTES = 100_000_000;

    /** The address takes files too, so its limit on bodies does not bound the list of parts. */
    private static final int LONGEST_LIST = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FileTransfers transfers;
    private final TransferPieces pieces;
    private final DrainingGuard draining;
    private final RequestBudgets budgets;

    LfsFileResource(FileTransfers transfers, TransferPieces pieces, DrainingGuard draining, RequestBudgets budgets) {
        this.transfers = transfers;
        this.pieces = pieces;
        this.draining = draining;
        this.budgets = budgets;
    }

    @PUT
    @Operation(hidden = true)
    public Response file(UUID id) {
        FileTransfers.Open transfer = find(id);
        draining.requireTime();
        if (isHere(transfer)) return Response.ok().build(); // sent again because the answer was lost
        try (BodyStream body = budgets.current().receive()) {
            transfers.receive(transfer, body);
        }
        return Response.ok().build();
    }

    @PUT
    @Path("/{part}")
    @Operation(hidden = true)
    public Response part(UUID id, int part) {
        FileTransfers.Open transfer = find(id);
        draining.requireTime();
        if (part < 1 || part > count(transfer)) {
            throw ProblemException.badRequest("This file has parts 1 to %d.".formatted(count(transfer)));
        }
        try (BodyStream body = budgets.current().receive()) {
            StagedFile piece = pieces.receive(transfer, Integer.toString(part), body, PART_BYTES);
            return Response.ok()
                    .header(HttpHeaders.ETAG, "\"" + piece.sha256() + "\"")
                    .build();
        }
    }

    /** Joins the parts. */
    @POST
    @Operation(hidden = true)
    public Response complete(UUID id, InputStream body) {
        FileTransfers.Open transfer = find(id);
        draining.requireTime();
        requireParts(transfer, body);
        if (!isHere(transfer)) {
            Function<String, InputStream> parts = pieces.of(transfer);
            try (RequestBudget.Turn turn = budgets.current().begin(RequestBudgets.Work.ASSEMBLE);
                    InputStream all =
                            new SequenceInputStream(Collections.enumeration(IntStream.rangeClosed(1, count(transfer))
                                    .mapToObj(part -> (InputStream)
                                            new LazyInputStream(() -> parts.apply(Integer.toString(part))))
                                    .toList()))) {
                transfers.assemble(transfer, all, transfer.sha256(), transfer.size());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        pieces.delete(transfer);
        return Response.ok().build();
    }

    /** The client lists the parts that it has sent, with their ETags. */
    private void requireParts(FileTransfers.Open transfer, InputStream body) {
        try (JsonParser parser = budgets.current().counted(JSON.createParser(body.readNBytes(LONGEST_LIST)))) {
            JsonNode request = JSON.readTree(parser);
            if (request != null
                    && request.path("oid").asText().equals(transfer.sha256())
                    && request.path("parts").size() == count(transfer)) return;
        } catch (IOException e) {
            // the answer is the same
        }
        throw ProblemException.badRequest("Send the file's oid and the list of its parts.");
    }

    private boolean isHere(FileTransfers.Open transfer) {
        return transfers.has(transfer.repositoryId(), transfer.sha256(), transfer.size());
    }

    private FileTransfers.Open find(UUID id) {
        FileTransfers.Open transfer = transfers.find(id);
        if (transfer.sha256() == null) throw ProblemException.notFound("transfer");
        return transfer;
    }

    private static int count(FileTransfers.Open transfer) {
        return Math.toIntExact((transfer.size() + PART_BYTES - 1) / PART_BYTES);
    }
}

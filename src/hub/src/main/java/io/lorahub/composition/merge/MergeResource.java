package io.lorahub.composition.merge;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.composition.IdempotencyKey;
import io.lorahub.composition.IdempotencyKeys;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The API of merges. Files have an address of their own. */
@Path("/api/v1/merges")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Merges")
public class MergeResource {

    private final Viewer viewer;
    private final RunRights rights;
    private final Merges merges;
    private final IdempotencyKeys keys;

    MergeResource(Viewer viewer, RunRights rights, Merges merges, IdempotencyKeys keys) {
        this.viewer = viewer;
        this.rights = rights;
        this.merges = merges;
        this.keys = keys;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Merge adapters with given weights, without a search",
            description = "A worker makes the merged adapter; follow its state under Location. It is deleted after an"
                    + " hour. With an Idempotency-Key, repeating a request within that hour returns the merge that the"
                    + " first one began, whatever has changed since then; a different request with the same key is"
                    + " rejected (422).")
    @APIResponseSchema(value = MergeView.class, responseCode = "201")
    public Response start(@HeaderParam(IdempotencyKeys.HEADER) Optional<String> key, CreateMergeRequest sent) {
        Person member = viewer.require();
        if (sent == null) throw ProblemException.badRequest("Send the merge as a JSON object.");
        RunOwner owner = RunOwner.member(member);
        UUID id = keys.once(member, IdempotencyKey.Kind.MERGE, key, sent, () -> () -> {
            List<FieldError> faults = new ArrayList<>();
            return merges.start(owner, sent.request(faults), faults);
        });
        return Response.created(URI.create("/api/v1/merges/" + id))
                .entity(merges.of(Optional.of(owner), id.toString()))
                .build();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A merge of yours: its state, and its rank and error once it is done")
    public MergeView get(String id) {
        viewer.require();
        return merges.of(rights.owner(), id);
    }

    /**
     * A merge as requested by an API client.
     *
     * @param candidates two or more adapters of one base model
     * @param rank       a whole number, like the seed: other values are rejected, not rounded
     * @param others     unknown fields
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record CreateMergeRequest(
            List<Candidate> candidates,

            @Schema(
                    description =
                            "One of PEFT's combination types: cat (the exact sum, the default), linear, svd, ties,"
                                    + " ties_svd, dare_linear, dare_ties, dare_linear_svd, dare_ties_svd, magnitude_prune or"
                                    + " magnitude_prune_svd")
            String method,

            @Schema(
                    description =
                            "Share of elements to keep, above 0 and at most 1, for ties, dare and magnitude_prune")
            Double density,

            @Schema(description = "total (the default) or frequency, for the methods with ties")
            String majoritySignMethod,

            @Schema(type = SchemaType.INTEGER, description = "Of the random masks of dare; 42 by default")
            BigDecimal seed,

            @Schema(type = SchemaType.INTEGER, description = "Compresses the merged adapter to this rank")
            BigDecimal rank,

            @JsonAnySetter @Schema(hidden = true) Map<String, Object> others) {

        /** Every number with at most this many digits fits into a long. */
        private static final int DIGITS = 18;

        /** @param adapter address such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0} */
        public record Candidate(
                @Schema(description = "Address, with or without a version: lab-a/un or lab-a/un@1.0.0")
                String adapter,

                @Schema(description = "From −100 to 100") Double weight,
                @JsonAnySetter @Schema(hidden = true) Map<String, Object> others) {}

        /** @param faults receives an error for each value that can't be used */
        MergeRequest request(List<FieldError> faults) {
            unknown(others, faults);
            List<Candidate> named = candidates == null
                    ? List.of()
                    : candidates.stream().filter(Objects::nonNull).toList();
            for (Candidate candidate : named) {
                unknown(candidate.others(), faults);
                if (candidate.adapter() == null || candidate.weight() == null) {
                    faults.add(new FieldError("candidates", "Each candidate needs adapter and weight."));
                    break;
                }
            }
            whole("seed", seed, faults);
            whole("rank", rank, faults);
            return new MergeRequest(
                    named.stream()
                            .map(c -> Objects.requireNonNullElse(c.adapter(), ""))
                            .toList(),
                    named.stream().map(Candidate::weight).toList(),
                    method,
                    density,
                    majoritySignMethod,
                    seed == null || !fits(seed) ? null : (Long) seed.longValue(),
                    rank == null || !fits(rank)
                            ? null
                            : (Integer)
                                    (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, rank.longValue())));
        }

        private static void unknown(Map<String, Object> others, List<FieldError> faults) {
            if (others != null)
                others.keySet().forEach(name -> faults.add(new FieldError(name, "There is no such field.")));
        }

        private static void whole(String field, BigDecimal number, List<FieldError> faults) {
            if (number != null && !fits(number)) {
                faults.add(new FieldError(
                        field, "Use a whole number of at most %d digits, such as 42.".formatted(DIGITS)));
            }
        }

        /** The number is never written out: 1e999999999 would exhaust the memory. */
        private static boolean fits(BigDecimal number) {
            return number.signum() == 0
                    || number.stripTrailingZeros().scale() <= 0 && (long) number.precision() - number.scale() <= DIGITS;
        }
    }
}

package io.lorahub.generation;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.ChangesNothing;
import io.lorahub.composition.RunOwner;
import io.lorahub.web.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * OpenAI's API: models, completions and chats. Its clients find everything else that the hub has under other addresses. A token
 * with the scope generate can call nothing else.
 */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
public class OpenAiResource {

    private static final int MOST_MODELS = 1000;

    private final GenerationModels models;
    private final Completions completions;
    private final CurrentVertxRequest current;

    OpenAiResource(GenerationModels models, Completions completions, CurrentVertxRequest current) {
        this.models = models;
        this.completions = completions;
        this.current = current;
    }

    @GET
    @Path("/models")
    public GenerationModels.Views models(
            @QueryParam("after") Optional<String> after, @QueryParam("limit") @DefaultValue("1000") int limit) {
        if (limit < 1 || limit > MOST_MODELS) {
            throw ProblemException.invalid(
                    "limit", "'limit' must be a whole number from 1 to %,d.".formatted(MOST_MODELS));
        }
        completions.owner();
        return models.list(after, limit);
    }

    @GET
    @Path("/models/{model:.+}")
    public GenerationModels.View model(@PathParam("model") String model) {
        completions.owner();
        return models.named(model).view();
    }

    @POST
    @Path("/completions")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    @ChangesNothing
    @Blocking
    public CompletionStage<Response> complete(JsonNode body) {
        RunOwner caller = completions.owner();
        return completions.answer(caller, CompletionParameters.ofCompletions(body), current.getCurrent());
    }

    @POST
    @Path("/chat/completions")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
    @ChangesNothing
    @Blocking
    public CompletionStage<Response> chat(JsonNode body) {
        RunOwner caller = completions.owner();
        return completions.answer(caller, CompletionParameters.ofChat(body), current.getCurrent());
    }
}

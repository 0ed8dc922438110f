package io.lorahub.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.ChangesNothing;
import io.lorahub.composition.RunOwner;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.jboss.resteasy.reactive.RestQuery;

/**
 * Any model, adapter or mix to try, under an address that can be shared. Scripts show the answers as they are written; without
 * scripts, the form is sent here and the page comes back with them.
 */
@Path("/try")
@Produces(MediaType.TEXT_HTML)
public class TryPage {

    /** The most tokens of an answer; try.js asks for as many. */
    private static final int TOKENS = 128;

    private final GenerationModels models;
    private final Completions completions;
    private final CurrentVertxRequest current;
    private final ManagedExecutor executor;

    TryPage(GenerationModels models, Completions completions, CurrentVertxRequest current, ManagedExecutor executor) {
        this.models = models;
        this.completions = completions;
        this.current = current;
        this.executor = executor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(TryBox box);

        private Templates() {}
    }

    @GET
    public Response show(
            @RestQuery Optional<String> model, @RestQuery Optional<String> input, @RestQuery Optional<String> chat) {
        completions.owner();
        TryBox.Typed typed = new TryBox.Typed(input.orElse(""), !chat.orElse("").equals("false"));
        try {
            return page(200, box(model.orElse("")).with(typed, List.of(), ""));
        } catch (ProblemException e) {
            return refused(model.orElse(""), typed, e);
        }
    }

    /** @param example an input of the card that was clicked, instead of the typed one */
    @POST
    @ChangesNothing
    @Blocking
    public CompletionStage<Response> run(
            @FormParam("model") String model,
            @FormParam("input") String input,
            @FormParam("example") String example,
            @FormParam("chat") boolean chat) {
        RunOwner owner = completions.owner();
        TryBox.Typed typed = new TryBox.Typed(example != null ? example : input == null ? "" : input, chat);
        TryBox box;
        try {
            box = box(model == null ? "" : model).with(typed, List.of(), "");
            if (!box.model().isChosen()) throw ProblemException.invalid("model", "Name a model.");
        } catch (ProblemException e) {
            return CompletableFuture.completedFuture(refused(model == null ? "" : model, typed, e));
        }
        List<CompletableFuture<Response>> answers = new ArrayList<>();
        try {
            for (String tried : box.models()) {
                answers.add(completions
                        .answer(owner, parameters(tried, typed), current.getCurrent())
                        .toCompletableFuture());
            }
        } catch (ProblemException e) {
            return CompletableFuture.completedFuture(page(e.status(), box.with(typed, List.of(), e.getMessage())));
        }
        // rendering reads the database, which the thread that completes the answers must not wait for
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .handleAsync((done, failure) -> answered(box, answers, failure), executor);
    }

    private static Response answered(TryBox box, List<CompletableFuture<Response>> answers, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ProblemException problem) {
            return page(problem.status(), box.with(box.typed(), List.of(), problem.getMessage()));
        }
        if (failure != null) throw new CompletionException(cause);
        List<String> texts = answers.stream()
                .map(answer -> text((JsonNode) answer.join().getEntity()))
                .toList();
        return page(200, box.with(box.typed(), texts, ""));
    }

    private static String text(JsonNode completion) {
        JsonNode choice = completion.path("choices").path(0);
        return choice.path("text").asText(choice.path("message").path("content").asText());
    }

    private static Response refused(String model, TryBox.Typed typed, ProblemException e) {
        TryBox.Model named = new TryBox.Model(model, "", false, List.of());
        return page(e.status(), TryBox.of(named, List.of()).with(typed, List.of(), e.getMessage()));
    }

    private static Response page(int status, TryBox box) {
        return Response.status(status).entity(Templates.show(box)).build();
    }

    /** @param text in which a plus sign can be a space, as it is in an address that was written by hand */
    private TryBox box(String text) {
        String name = text.strip().replace(' ', '+');
        if (name.isEmpty()) return TryBox.of(TryBox.Model.NONE, List.of());
        GenerationModels.Named named = models.named(name);
        List<TryBox.Part> parts = named.parts().stream()
                .map(part -> new TryBox.Part(part.name(), part.weights()))
                .toList();
        return TryBox.of(TryBoxes.model(name, named.base(), parts), List.of());
    }

    private static CompletionParameters parameters(String model, TryBox.Typed typed) {
        if (typed.input().length() > TryBox.CHARACTERS) {
            throw ProblemException.invalid("input", "Use at most %,d characters here.".formatted(TryBox.CHARACTERS));
        }
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("model", model)
                .put("max_tokens", TOKENS)
                .put("temperature", 0);
        if (!typed.chat()) return CompletionParameters.ofCompletions(body.put("prompt", typed.input()));
        body.putArray("messages").addObject().put("role", "user").put("content", typed.input());
        return CompletionParameters.ofChat(body);
    }
}

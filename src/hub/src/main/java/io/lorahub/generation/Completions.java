package io.lorahub.generation;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.prompt.ChatMessage;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import io.lorahub.web.problem.OpenAiErrors;
import io.quarkus.security.UnauthorizedException;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Has one request written: encodes its prompts, queues it, and sends what workers write. */
@ApplicationScoped
class Completions {

    /** OpenAI's default for completions; a chat continues until the model ends it. */
    private static final int COMPLETION = 16;

    /** Before an answer in one piece would be cut off, because nothing is sent meanwhile (quarkus.http.idle-timeout). */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(110);

    /**
     * Tokens of an input that are read at most if the model names no context: the attention within an encoder's input takes memory
     * by the square of its length.
     */
    private static final int MOST_INPUT = 2048;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final GenerationModels models;
    private final ModelTokenizers tokenizers;
    private final Generations generations;
    private final GenerationStreams streams;
    private final GenerationConfig config;
    private final OwnerLimits visitors;
    private final Viewer viewer;
    private final DatabaseClock clock;
    private final RequestBudgets budgets;

    Completions(
            GenerationModels models,
            ModelTokenizers tokenizers,
            Generations generations,
            GenerationStreams streams,
            GenerationConfig config,
            OwnerLimits visitors,
            Viewer viewer,
            DatabaseClock clock,
            RequestBudgets budgets) {
        this.models = models;
        this.tokenizers = tokenizers;
        this.generations = generations;
        this.streams = streams;
        this.config = config;
        this.visitors = visitors;
        this.viewer = viewer;
        this.clock = clock;
        this.budgets = budgets;
    }

    /** Completes when the whole answer is there, or has been sent as a stream. Needs a thread that can block. */
    CompletionStage<Response> answer(RunOwner owner, CompletionParameters parameters, RoutingContext exchange) {
        GenerationModels.Named model = models.named(parameters.model());
        GenerationWork work = work(parameters, model);
        UUID id = UUID.randomUUID();
        GenerationLimits.Usage usage = generations.queue(id, owner, model.base().id, work);
        RequestBudget budget = budgets.of(exchange);
        CompletionAnswer answer = new CompletionAnswer(
                parameters, id, work.texts(), work.read(), clock.now().getEpochSecond(), budget);
        CompletionSender sender = new CompletionSender(
                parameters,
                answer,
                usage.headers(Generations.taken(work)),
                exchange.response(),
                budget,
                System::nanoTime);
        Duration longest = parameters.stream() || config.longest().compareTo(LONGEST_SILENCE) < 0
                ? config.longest()
                : LONGEST_SILENCE;
        streams.open(id, work, longest, sender);
        exchange.addEndHandler(end -> streams.close(id));
        if (exchange.response().closed()) streams.close(id);
        return sender.answer();
    }

    /** @throws UnauthorizedException for a visitor, if the hub writes for members only */
    RunOwner owner() {
        Optional<Person> person = viewer.person();
        if (person.isPresent()) return RunOwner.member(person.get());
        if (!config.visitors()) throw new UnauthorizedException("Send an access token.");
        return RunOwner.visitor(visitors.network().orElseThrow());
    }

    private GenerationWork work(CompletionParameters parameters, GenerationModels.Named model) {
        long texts =
                (long) parameters.choices() * Math.max(1, parameters.prompts().size());
        if (texts > config.choices()) {
            throw ProblemException.invalid(
                    "n", "One request can have %d texts, which are its prompts times 'n'.".formatted(config.choices()));
        }
        int most = parameters
                .maxTokens()
                .orElse(parameters.isChat() ? config.maxTokens() : Math.min(COMPLETION, config.maxTokens()));
        if (most > config.maxTokens()) {
            throw ProblemException.invalid(
                    "max_tokens", "A text can have %,d tokens on this hub.".formatted(config.maxTokens()));
        }
        BaseModelRecord base = model.base();
        Encoded encoded = tokenizers
                .with(base, prompts -> encoded(parameters, base, prompts))
                .orElseThrow(() -> ProblemException.internal("The base model's tokenizer can't be read."));
        if (encoded.fault != null) throw encoded.fault;
        return new GenerationWork(
                base.name,
                base.parameters * Float.BYTES,
                Map.copyOf(base.files),
                model.parts(),
                encoded.prompts,
                parameters.choices(),
                Math.min(most, encoded.room),
                parameters.temperature(),
                parameters.topP(),
                parameters.topK(),
                parameters.seed().orElseGet(RANDOM::nextLong),
                parameters.presencePenalty(),
                parameters.frequencyPenalty(),
                parameters.bias(),
                parameters.stop(),
                parameters.alternatives().orElse(0));
    }

    /** @param room the number of tokens for which the model has positions after the longest prompt */
    private record Encoded(List<int[]> prompts, int room, ProblemException fault) {}

    private static Encoded encoded(CompletionParameters parameters, BaseModelRecord base, ModelPrompts prompts) {
        String field = parameters.isChat() ? "messages" : "prompt";
        try {
            List<int[]> encoded = parameters.isChat()
                    ? List.of(conversation(parameters.conversation(), base, prompts))
                    : texts(parameters.prompts(), prompts);
            int most = Math.min(
                    ModelPrompts.longest(prompts.context(), prompts.tokenizer()),
                    prompts.context().orElse(MOST_INPUT));
            int longest =
                    encoded.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
            if (longest > most) return new Encoded(List.of(), 0, tooLong(field, longest, most));
            OptionalInt context = prompts.context();
            return new Encoded(
                    encoded,
                    context.isEmpty() ? Integer.MAX_VALUE : Math.max(1, context.getAsInt() + 1 - longest),
                    null);
        } catch (EngineException e) {
            return new Encoded(List.of(), 0, ProblemException.invalid(field, e.getMessage()));
        } catch (ProblemException e) {
            return new Encoded(List.of(), 0, e);
        }
    }

    private static int[] conversation(List<ChatMessage> conversation, BaseModelRecord base, ModelPrompts prompts) {
        if (prompts.files().isEncoderDecoder()) {
            if (conversation.size() != 1 || !conversation.get(0).role().equals("user")) {
                throw ProblemException.invalid(
                        "messages",
                        "%s is an encoder-decoder model, which reads one text: send one message, with the role user."
                                .formatted(base.name));
            }
            return prompts.tokenizer().encode(conversation.get(0).content());
        }
        if (!prompts.files().hasChatTemplate()) {
            throw ProblemException.invalid(
                    "messages",
                    "%s has no chat template, so it can't chat. Use /v1/completions with a prompt."
                            .formatted(base.name));
        }
        return prompts.encoder(PromptChoice.of(PromptFormat.CHAT, null)).encode(conversation);
    }

    private static List<int[]> texts(List<CompletionParameters.Prompt> texts, ModelPrompts prompts) {
        List<int[]> encoded = new ArrayList<>();
        for (CompletionParameters.Prompt prompt : texts) {
            encoded.add(
                    prompt.tokens() != null
                            ? prompt.tokens()
                            : prompts.encoder(PromptChoice.of(
                                            prompts.files().isEncoderDecoder() ? null : PromptFormat.PLAIN, null))
                                    .begin(prompt.text()));
        }
        if (encoded.stream().anyMatch(prompt -> prompt.length == 0)) {
            throw ProblemException.invalid("prompt", "A prompt has no tokens.");
        }
        return encoded;
    }

    private static ProblemException tooLong(String field, int tokens, int most) {
        String why = "The prompt has %,d tokens, but the model reads at most %,d. Shorten it.".formatted(tokens, most);
        return new ProblemException(
                ProblemType.INVALID,
                ProblemType.INVALID.headline,
                why,
                List.of(new FieldError(field, why)),
                Map.of(OpenAiErrors.CODE, "context_length_exceeded"));
    }
}

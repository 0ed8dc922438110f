package io.lorahub.generation;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.prompt.ChatMessage;
import io.lorahub.web.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The parameters of a request for a text, named as in OpenAI's reference. What isn't supported is refused by name, unless it
 * has the value that changes nothing.
 *
 * @param conversation of a chat; empty for completions
 * @param prompts      of completions
 * @param choices      number of texts for each prompt
 * @param maxTokens    empty for the default of the endpoint
 * @param topK         0 for all
 * @param alternatives number of most probable tokens to report; empty if log-probabilities aren't asked for
 */
record CompletionParameters(
        String model,
        List<ChatMessage> conversation,
        List<Prompt> prompts,
        int choices,
        OptionalInt maxTokens,
        double temperature,
        double topP,
        int topK,
        OptionalLong seed,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> bias,
        List<String> stop,
        OptionalInt alternatives,
        boolean stream,
        boolean usageInStream) {

    /** A text, or token ids; the other is null. */
    record Prompt(String text, int[] tokens) {}

    private static final int MOST_STOPS = 4;
    private static final int LONGEST_STOP = 200;
    private static final int MOST_MESSAGES = 1000;

    /** Of chats and of completions, as OpenAI's reference has them. */
    private static final int CHAT_ALTERNATIVES = 20;

    private static final int COMPLETION_ALTERNATIVES = 5;

    /** What only tells OpenAI's service something about the caller. */
    private static final Set<String> IGNORED =
            Set.of("user", "safety_identifier", "prompt_cache_key", "metadata", "service_tier", "parallel_tool_calls");

    /** Parameters of OpenAI's API that this hub doesn't support, with the values that change nothing, as JSON. */
    private static final Map<String, Set<String>> UNSUPPORTED = Map.ofEntries(
            Map.entry("tools", Set.of("[]")),
            Map.entry("tool_choice", Set.of("\"none\"", "\"auto\"")),
            Map.entry("functions", Set.of("[]")),
            Map.entry("function_call", Set.of("\"none\"", "\"auto\"")),
            Map.entry("response_format", Set.of("{\"type\":\"text\"}")),
            Map.entry("modalities", Set.of("[\"text\"]")),
            Map.entry("audio", Set.of()),
            Map.entry("prediction", Set.of()),
            Map.entry("reasoning_effort", Set.of("\"none\"")),
            Map.entry("verbosity", Set.of("\"medium\"")),
            Map.entry("web_search_options", Set.of()),
            Map.entry("store", Set.of("false")),
            Map.entry("echo", Set.of("false")),
            Map.entry("suffix", Set.of("\"\"")),
            Map.entry("best_of", Set.of("1")));

    static CompletionParameters ofChat(JsonNode body) {
        Body given = new Body(body);
        CompletionParameters parameters = new CompletionParameters(
                given.model(),
                conversation(given),
                List.of(),
                given.whole("n", 1, 1, Integer.MAX_VALUE),
                given.maxTokens("max_completion_tokens", "max_tokens"),
                given.number("temperature", 1, 0, 2),
                given.topP(),
                given.whole("top_k", 0, 0, Integer.MAX_VALUE),
                given.seed(),
                given.number("presence_penalty", 0, -2, 2),
                given.number("frequency_penalty", 0, -2, 2),
                given.bias(),
                given.stop(),
                chatAlternatives(given),
                given.flag("stream"),
                given.usageInStream());
        given.requireNothingElse();
        return parameters;
    }

    static CompletionParameters ofCompletions(JsonNode body) {
        Body given = new Body(body);
        CompletionParameters parameters = new CompletionParameters(
                given.model(),
                List.of(),
                prompts(given),
                given.whole("n", 1, 1, Integer.MAX_VALUE),
                given.maxTokens("max_tokens"),
                given.number("temperature", 1, 0, 2),
                given.topP(),
                given.whole("top_k", 0, 0, Integer.MAX_VALUE),
                given.seed(),
                given.number("presence_penalty", 0, -2, 2),
                given.number("frequency_penalty", 0, -2, 2),
                given.bias(),
                given.stop(),
                given.get("logprobs").isPresent()
                        ? OptionalInt.of(given.whole("logprobs", 0, 0, COMPLETION_ALTERNATIVES))
                        : OptionalInt.empty(),
                given.flag("stream"),
                given.usageInStream());
        given.requireNothingElse();
        return parameters;
    }

    boolean isChat() {
        return !conversation.isEmpty();
    }

    private static OptionalInt chatAlternatives(Body given) {
        boolean wanted = given.flag("logprobs");
        int alternatives = given.whole("top_logprobs", 0, 0, CHAT_ALTERNATIVES);
        if (!wanted && given.get("top_logprobs").isPresent() && alternatives > 0) {
            throw ProblemException.invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.");
        }
        return wanted ? OptionalInt.of(alternatives) : OptionalInt.empty();
    }

    private static List<ChatMessage> conversation(Body given) {
        JsonNode all = given.required("messages");
        if (!all.isArray() || all.isEmpty() || all.size() > MOST_MESSAGES) {
            throw ProblemException.invalid(
                    "messages", "'messages' must be a list of 1 to %,d messages.".formatted(MOST_MESSAGES));
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) messages.add(message(all.get(i), "messages[%d]".formatted(i)));
        return messages;
    }

    private static ChatMessage message(JsonNode message, String at) {
        if (!message.isObject()) throw ProblemException.invalid(at, "'%s' must be an object.".formatted(at));
        for (Iterator<String> names = message.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            boolean known = Set.of("role", "content", "name").contains(name);
            boolean absent = message.get(name).isNull()
                    || message.get(name).isContainerNode() && message.get(name).isEmpty();
            if (!known && !absent) {
                throw ProblemException.invalid(
                        at + "." + name, "'%s.%s' isn't supported; leave it out.".formatted(at, name));
            }
        }
        String role = message.path("role").asText();
        String known =
                switch (role) {
                    case "system", "developer" -> "system";
                    case "user", "assistant" -> role;
                    default ->
                        throw ProblemException.invalid(
                                at + ".role",
                                "'%s.role' must be system, developer, user or assistant; this hub's models call no tools."
                                        .formatted(at));
                };
        return new ChatMessage(known, content(message.path("content"), at + ".content"));
    }

    /** A text, or a list of parts that are texts. */
    private static String content(JsonNode content, String at) {
        if (content.isTextual()) return content.textValue();
        if (!content.isArray()) {
            throw ProblemException.invalid(
                    at, "'%s' must be a text, or a list of parts of the type text.".formatted(at));
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            if (!part.path("type").asText().equals("text") || !part.path("text").isTextual()) {
                throw ProblemException.invalid(
                        at, "'%s' has a part that isn't a text; this hub's models read nothing else.".formatted(at));
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }

    /** A text, token ids, or a list of either. */
    private static List<Prompt> prompts(Body given) {
        JsonNode prompt = given.required("prompt");
        if (prompt.isTextual()) return List.of(new Prompt(prompt.textValue(), null));
        if (!prompt.isArray() || prompt.isEmpty()) throw noPrompt();
        if (prompt.get(0).isNumber()) return List.of(new Prompt(null, ids(prompt)));
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode one : prompt) {
            if (one.isTextual()) prompts.add(new Prompt(one.textValue(), null));
            else if (one.isArray() && !one.isEmpty()) prompts.add(new Prompt(null, ids(one)));
            else throw noPrompt();
        }
        return prompts;
    }

    private static int[] ids(JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = list.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) throw noPrompt();
            ids[i] = id.intValue();
        }
        return ids;
    }

    private static ProblemException noPrompt() {
        return ProblemException.invalid(
                "prompt", "'prompt' must be a text, a list of texts, a list of token ids, or a list of such lists.");
    }

    /** The JSON object, and which of its fields have been read. */
    private static final class Body {

        private final JsonNode object;
        private final Set<String> read = new HashSet<>();

        Body(JsonNode object) {
            if (object == null || !object.isObject()) {
                throw ProblemException.badRequest("Send a JSON object with the parameters.");
            }
            this.object = object;
        }

        /** Empty for null, as if it were left out. */
        Optional<JsonNode> get(String name) {
            read.add(name);
            return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
        }

        JsonNode required(String name) {
            return get(name)
                    .orElseThrow(
                            () -> ProblemException.invalid(name, "The parameter '%s' is missing.".formatted(name)));
        }

        String model() {
            JsonNode model = required("model");
            if (!model.isTextual()) throw ProblemException.invalid("model", "'model' must be a text.");
            return model.textValue();
        }

        int whole(String name, int otherwise, int least, int most) {
            Optional<JsonNode> value = get(name);
            if (value.isEmpty()) return otherwise;
            JsonNode number = value.get();
            if (most == Integer.MAX_VALUE && number.isIntegralNumber() && number.doubleValue() > most) {
                return most;
            }
            boolean fits = number.isIntegralNumber()
                    && number.canConvertToInt()
                    && number.intValue() >= least
                    && number.intValue() <= most;
            if (!fits) {
                throw ProblemException.invalid(
                        name,
                        most == Integer.MAX_VALUE
                                ? "'%s' must be a whole number, at least %d.".formatted(name, least)
                                : "'%s' must be a whole number from %d to %d.".formatted(name, least, most));
            }
            return number.intValue();
        }

        double number(String name, double otherwise, double least, double most) {
            Optional<JsonNode> value = get(name);
            if (value.isEmpty()) return otherwise;
            double number = value.get().isNumber() ? value.get().doubleValue() : Double.NaN;
            if (!(number >= least && number <= most)) {
                throw ProblemException.invalid(
                        name, "'%s' must be a number from %.0f to %.0f.".formatted(name, least, most));
            }
            return number;
        }

        double topP() {
            double value = number("top_p", 1, 0, 1);
            return value == 0 ? Double.MIN_VALUE : value; // of OpenAI's range, 0 keeps the most probable token
        }

        boolean flag(String name) {
            Optional<JsonNode> value = get(name);
            if (value.isPresent() && !value.get().isBoolean()) {
                throw ProblemException.invalid(name, "'%s' must be true or false.".formatted(name));
            }
            return value.map(JsonNode::booleanValue).orElse(false);
        }

        /** The first of these names that has a value. */
        OptionalInt maxTokens(String... names) {
            OptionalInt most = OptionalInt.empty();
            for (String name : names) {
                if (get(name).isEmpty()) continue;
                int value = whole(name, 0, 1, Integer.MAX_VALUE);
                if (most.isEmpty()) most = OptionalInt.of(value);
            }
            return most;
        }

        OptionalLong seed() {
            Optional<JsonNode> value = get("seed");
            if (value.isEmpty()) return OptionalLong.empty();
            if (!value.get().isIntegralNumber() || !value.get().canConvertToLong()) {
                throw ProblemException.invalid("seed", "'seed' must be a whole number.");
            }
            return OptionalLong.of(value.get().longValue());
        }

        List<String> stop() {
            Optional<JsonNode> value = get("stop");
            if (value.isEmpty()) return List.of();
            List<String> stop = new ArrayList<>();
            if (value.get().isTextual()) stop.add(value.get().textValue());
            for (JsonNode one : value.get()) stop.add(one.isTextual() ? one.textValue() : "");
            boolean fits = (value.get().isTextual() || value.get().isArray())
                    && stop.size() <= MOST_STOPS
                    && stop.stream().allMatch(text -> !text.isEmpty() && text.length() <= LONGEST_STOP);
            if (!fits) {
                throw ProblemException.invalid(
                        "stop",
                        "'stop' must be a text of 1 to %d characters, or a list of up to %d of them."
                                .formatted(LONGEST_STOP, MOST_STOPS));
            }
            return stop;
        }

        Map<Integer, Double> bias() {
            Map<Integer, Double> bias = new HashMap<>();
            Optional<JsonNode> value = get("logit_bias");
            if (value.isEmpty()) return bias;
            boolean fits = value.get().isObject() && value.get().size() <= 1000;
            for (Iterator<Map.Entry<String, JsonNode>> all = value.get().fields(); fits && all.hasNext(); ) {
                Map.Entry<String, JsonNode> one = all.next();
                fits = one.getKey().matches("[0-9]{1,7}")
                        && one.getValue().isNumber()
                        && Math.abs(one.getValue().doubleValue()) <= 100;
                if (fits)
                    bias.put(Integer.parseInt(one.getKey()), one.getValue().doubleValue());
            }
            if (!fits) {
                throw ProblemException.invalid(
                        "logit_bias",
                        "'logit_bias' must be an object with up to 1,000 token ids and numbers from -100 to 100.");
            }
            return bias;
        }

        boolean usageInStream() {
            Optional<JsonNode> options = get("stream_options");
            if (options.isEmpty()) return false;
            if (!flag("stream")) {
                throw ProblemException.invalid("stream_options", "'stream_options' needs 'stream' to be true.");
            }
            if (!options.get().isObject()) {
                throw ProblemException.invalid("stream_options", "'stream_options' must be an object.");
            }
            for (Iterator<String> names = options.get().fieldNames(); names.hasNext(); ) {
                String name = names.next();
                boolean known = name.equals("include_usage") || name.equals("include_obfuscation");
                if (!known
                        || !options.get().get(name).isBoolean()
                                && !options.get().get(name).isNull()) {
                    throw ProblemException.invalid(
                            "stream_options." + name,
                            known
                                    ? "'stream_options.%s' must be true or false.".formatted(name)
                                    : "'stream_options.%s' isn't supported; leave it out.".formatted(name));
                }
            }
            return options.get().path("include_usage").asBoolean();
        }

        void requireNothingElse() {
            for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (read.contains(name) || IGNORED.contains(name)) continue;
                JsonNode value = object.get(name);
                Set<String> neutral = UNSUPPORTED.get(name);
                if (value.isNull() || neutral != null && neutral.contains(value.toString())) continue;
                throw ProblemException.invalid(
                        name,
                        neutral == null
                                ? "There is no parameter '%s'.".formatted(name)
                                : "'%s' isn't supported; leave it out.".formatted(name));
            }
        }
    }
}

package io.lorahub.engine.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Turns pairs of input and output into token ids, in one format for one model.
 *
 * <ul>
 *   <li>plain: the prompt is the input's tokens with the special tokens that the tokenizer adds. The output is what
 *       follows them in the tokens of input, one space and output, and the end token.
 *   <li>own text: the same with the text before {output}, without its last spaces, which belong to the output then.
 *   <li>chat: the prompt is the rendered conversation up to where the assistant's turn begins. The output is what
 *       follows in the conversation with the assistant's message, up to its first end token. No special tokens are
 *       added to what the template writes.
 *   <li>An encoder-decoder model (T5) reads the input and writes the output as they are, each with its end token.
 * </ul>
 *
 * <p>If the whole does not begin with the prompt's tokens, because a token spans the boundary or because the template
 * begins the turn in another way, the output's text is tokenized on its own. A model that generates sees the prompt's
 * tokens only, so these stay as they are.
 */
public final class PromptEncoder {

    /** Texts with which the tokens of a continuation are found: the first that the continuation leaves as it is. */
    private static final List<String> ANCHORS = List.of("a", ".", "\n", "1", ":");

    private final Tokenizer tokenizer;
    private final PromptFormat format;
    private final Optional<ChatTemplate> template;
    private final EndTokens ends;
    private final boolean encoderDecoder;
    private final OptionalInt context;
    private final Clock clock;

    private PromptEncoder(PromptFiles files, Tokenizer tokenizer, PromptFormat format, OptionalInt context) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.encoderDecoder = files.isEncoderDecoder();
        this.context = context;
        template = format.isChat() ? files.chatTemplate() : Optional.empty();
        ends = encoderDecoder ? null : EndTokens.of(files, tokenizer);
        clock = format.date()
                .map(day -> Clock.fixed(day.atStartOfDay(ZoneOffset.UTC).toInstant(), ZoneOffset.UTC))
                .orElseGet(Clock::systemDefaultZone);
    }

    /**
     * @param folder    the model's folder, with the files of its tokenizer
     * @param tokenizer remains the caller's
     * @param context   the largest number of tokens that the model can read; empty for no limit
     * @throws EngineException if the model has no chat template but the format is chat, if the template cannot be read,
     *     if the model names no end token, or if the format does not suit an encoder-decoder model
     */
    public static PromptEncoder open(Path folder, Tokenizer tokenizer, PromptFormat format, OptionalInt context) {
        return open(PromptFiles.read(folder), tokenizer, format, context);
    }

    static PromptEncoder open(PromptFiles files, Tokenizer tokenizer, PromptFormat format, OptionalInt context) {
        if (files.isEncoderDecoder() && !format.isPlain()) {
            throw new EngineException(
                    "An encoder-decoder model such as T5 reads inputs as they are; leave the prompt format%s out."
                            .formatted(format.system().isPresent() ? " and the system text" : ""));
        }
        PromptEncoder encoder = new PromptEncoder(files, tokenizer, format, context);
        if (format.isChat() && encoder.template.isEmpty()) {
            if (format.system().isPresent()) {
                throw new EngineException(
                        "The model in %s has no chat template, so it can't take a system text. Leave the system text out and choose the prompt format plain, or write the text into a format of your own, such as \"TEXT {input} {output}\"."
                                .formatted(files.folder()));
            }
            throw new EngineException(
                    "The model in %s has no chat template; choose the prompt format plain, or a text with {input} and {output}."
                            .formatted(files.folder()));
        }
        return encoder;
    }

    public PromptFormat format() {
        return format;
    }

    /** Whether the model reads inputs as they are and has no choice of a format. */
    public boolean isEncoderDecoder() {
        return encoderDecoder;
    }

    /** Returns the answer in a generated text: without the space between a plain input and its output. */
    public String answer(String generated) {
        return encoderDecoder || format.isChat() ? generated : generated.replaceFirst("^ +", "");
    }

    /** Whether the token ids depend on the day, so that a run must record it to be repeated. */
    public boolean readsDate() {
        return template.map(ChatTemplate::readsDate).orElse(false);
    }

    /**
     * Returns the tokens of a pair.
     *
     * @param what names the pair in messages, such as "example 3"
     * @throws EngineException if the template fails, the output has no tokens, or there are more tokens than the model can read
     */
    public EncodedPair encode(String input, String output, String what) {
        if (output.isBlank()) throw new EngineException("The output of %s is empty.".formatted(what));
        EncodedPair pair;
        if (encoderDecoder) pair = new EncodedPair(tokenizer.encode(input), tokenizer.encode(output));
        else if (format.isChat()) pair = chat(input, output);
        else pair = continued(prompt(input), seam(input) + output + after());
        if (isNothing(output)
                || pair.output().length == 0
                || !encoderDecoder && Arrays.stream(pair.output()).allMatch(ends.all()::contains)) {
            throw new EngineException(
                    "The output of %s has no tokens; write the text that the model is to answer.".formatted(what));
        }
        if (encoderDecoder) requireContext(pair.prompt().length, "", what);
        else requireContext(pair.prompt().length + pair.output().length - 1, " with its output", what);
        return pair;
    }

    /** Whether an output holds nothing to learn: only special tokens, or characters that the tokenizer drops. */
    private boolean isNothing(String output) {
        return tokenizer.decode(tokenizer.encodeAsIs(output)).isBlank() && !tokenizer.readsUnknown(output);
    }

    /** Returns the tokens that the model reads before it answers an input. */
    public int[] encode(String input, String what) {
        int[] prompt;
        if (encoderDecoder) prompt = tokenizer.encode(input);
        else if (format.isChat()) prompt = tokenizer.encodeAsIs(rendered(input, Optional.empty()));
        else prompt = opened(prompt(input));
        if (prompt.length == 0) throw new EngineException("The prompt of %s has no tokens.".formatted(what));
        requireContext(prompt.length, "", what);
        return prompt;
    }

    /**
     * Returns the tokens that the model reads before it answers a conversation, whatever their number.
     *
     * @throws EngineException if the chat template refuses it
     */
    public int[] encode(List<ChatMessage> conversation) {
        return tokenizer.encodeAsIs(template.orElseThrow()
                .render(conversation, true, tokenizer.specialTokens().values(), clock));
    }

    /** Returns the tokens of a text that the model is to continue, or to answer if it has an encoder, whatever their number. */
    public int[] begin(String text) {
        return encoderDecoder ? tokenizer.encode(text) : opened(text);
    }

    private void requireContext(int tokens, String counted, String what) {
        if (context.isPresent() && tokens > context.getAsInt()) {
            throw new EngineException("The prompt of %s has %,d tokens%s, but the model reads at most %,d. Shorten it."
                    .formatted(what, tokens, counted, context.getAsInt()));
        }
    }

    /** Returns the text before the output, without spaces that would be a token of their own. */
    private String prompt(String input) {
        return format.isPlain() ? input : seam(input).replaceFirst(" +$", "");
    }

    /** Returns the text up to where the output begins. */
    private String seam(String input) {
        if (format.isPlain()) return input + " ";
        String text = format.text();
        return text.substring(0, text.indexOf(PromptFormat.OUTPUT)).replace(PromptFormat.INPUT, input);
    }

    private String after() {
        if (format.isPlain()) return "";
        String text = format.text();
        return text.substring(text.indexOf(PromptFormat.OUTPUT) + PromptFormat.OUTPUT.length());
    }

    private EncodedPair continued(String promptText, String wholeText) {
        int[] prompt = opened(promptText);
        int[] whole = opened(wholeText);
        int[] output = startsWith(whole, prompt)
                ? Arrays.copyOfRange(whole, prompt.length, whole.length)
                : continuation(wholeText.substring(promptText.length()));
        return new EncodedPair(prompt, append(output, ends.main()));
    }

    private EncodedPair chat(String input, String output) {
        String promptText = rendered(input, Optional.empty());
        String wholeText = rendered(input, Optional.of(output));
        int[] prompt = tokenizer.encodeAsIs(promptText);
        int[] whole = tokenizer.encodeAsIs(wholeText);
        int[] answer;
        if (startsWith(whole, prompt)) {
            answer = Arrays.copyOfRange(whole, prompt.length, whole.length);
        } else {
            int start = wholeText.startsWith(promptText) ? promptText.length() : wholeText.lastIndexOf(output.strip());
            answer = start < 0 ? new int[0] : continuation(wholeText.substring(start));
        }
        int end = IntStream.range(0, answer.length)
                .filter(i -> ends.all().contains(answer[i]))
                .findFirst()
                .orElse(-1);
        return new EncodedPair(prompt, end < 0 ? append(answer, ends.main()) : Arrays.copyOf(answer, end + 1));
    }

    private String rendered(String input, Optional<String> output) {
        List<ChatMessage> messages = new ArrayList<>();
        format.system().ifPresent(text -> messages.add(new ChatMessage("system", text)));
        messages.add(new ChatMessage("user", input));
        output.ifPresent(text -> messages.add(new ChatMessage("assistant", text)));
        return template.orElseThrow()
                .render(messages, output.isEmpty(), tokenizer.specialTokens().values(), clock);
    }

    /** Returns the tokens of a text that will be continued, without the end token that some tokenizers add. */
    private int[] opened(String text) {
        int[] ids = tokenizer.encode(text);
        int[] bare = tokenizer.encodeAsIs(text);
        boolean closed = ids.length > 0
                && ends.all().contains(ids[ids.length - 1])
                && (bare.length == 0 || bare[bare.length - 1] != ids[ids.length - 1]);
        return closed ? Arrays.copyOf(ids, ids.length - 1) : ids;
    }

    /** Returns the tokens of a text that continues another, without the tokens that a tokenizer adds at the start. */
    private int[] continuation(String text) {
        for (String anchor : ANCHORS) {
            int[] before = tokenizer.encodeAsIs(anchor);
            int[] whole = tokenizer.encodeAsIs(anchor + text);
            if (startsWith(whole, before)) return Arrays.copyOfRange(whole, before.length, whole.length);
        }
        return tokenizer.encodeAsIs(text);
    }

    private static boolean startsWith(int[] whole, int[] start) {
        return whole.length >= start.length && Arrays.equals(whole, 0, start.length, start, 0, start.length);
    }

    private static int[] append(int[] ids, int last) {
        int[] all = Arrays.copyOf(ids, ids.length + 1);
        all[ids.length] = last;
        return all;
    }

    /**
     * The tokens at which a model stops: the tokenizer's eos_token, and eos_token_id of generation_config.json or, where
     * that is missing, config.json.
     *
     * @param main the one that ends an output whose format has no end of its own
     */
    private record EndTokens(int main, Set<Integer> all) {

        /** Throws EngineException if the model names no end token. */
        static EndTokens of(PromptFiles files, Tokenizer tokenizer) {
            Set<Integer> all = new TreeSet<>();
            JsonNode ids = files.endIds();
            if (ids.isInt()) all.add(ids.intValue());
            for (JsonNode id : ids) {
                if (id.isInt()) all.add(id.intValue());
            }
            tokenizer.specialTokens().end().ifPresent(end -> tokenizer.id(end).ifPresent(all::add));
            if (all.isEmpty()) {
                throw new EngineException(
                        "The model in %s names no end token, so its outputs would never end; add eos_token to tokenizer_config.json or eos_token_id to generation_config.json."
                                .formatted(files.folder()));
            }
            int main = tokenizer
                    .specialTokens()
                    .end()
                    .flatMap(end -> tokenizer.id(end).stream().boxed().findFirst())
                    .orElseGet(() -> all.iterator().next());
            return new EndTokens(main, all);
        }
    }
}

package io.lorahub.engine.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Converts text to token ids and back, using a model's tokenizer.json (Hugging Face tokenizers). */
public final class Tokenizer implements AutoCloseable {

    private static final int NO_LIMIT = 1_000_000_000;

    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");

    private final HuggingFaceTokenizer tokenizer;
    private final boolean cleanUp;
    private final int maxLength;
    private final Vocabulary vocabulary;
    private final SpecialTokens special;
    /** A token of ordinary text, after which others are decoded; none if the vocabulary can't write it, null before the first use. */
    private int[] anchor;

    private Tokenizer(
            HuggingFaceTokenizer tokenizer,
            boolean cleanUp,
            int maxLength,
            Vocabulary vocabulary,
            SpecialTokens special) {
        this.tokenizer = tokenizer;
        this.cleanUp = cleanUp;
        this.maxLength = maxLength;
        this.vocabulary = vocabulary;
        this.special = special;
    }

    /** Opens the tokenizer in a model's folder. Throws EngineException if tokenizer.json is missing or broken. */
    public static Tokenizer open(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new EngineException(
                    "There is no tokenizer.json in %s; save the model's tokenizer there (a \"fast\" tokenizer of transformers)."
                            .formatted(folder));
        }
        JsonNode config = JsonFile.read(folder.resolve("tokenizer_config.json"));
        requireLibrary();
        double limit = config.path("model_max_length").asDouble(NO_LIMIT);
        try {
            HuggingFaceTokenizer tokenizer =
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(described(file, config)), OPTIONS);
            return new Tokenizer(
                    tokenizer,
                    config.path("clean_up_tokenization_spaces").asBoolean(false),
                    (int) Math.min(limit, NO_LIMIT),
                    Vocabulary.read(file),
                    SpecialTokens.of(folder, config));
        } catch (EngineException e) {
            throw e;
        } catch (IOException e) {
            throw new EngineException(
                    "The tokenizer %s could not be read: %s.".formatted(file, EngineException.reason(e)), e);
        } catch (RuntimeException e) {
            throw new EngineException("The tokenizer %s could not be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** Loads the native library, which is unpacked at its first use. */
    private static void requireLibrary() {
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new EngineException(
                    "The tokenizers library could not be unpacked to %s; set DJL_CACHE_DIR to a folder that can be written."
                            .formatted(Utils.getCacheDir()),
                    e);
        }
    }

    /**
     * Returns tokenizer.json with the changes from tokenizer_config.json: transformers gives a byte-level pre-tokenizer
     * the add_prefix_space of the configuration, whose default is false.
     */
    private static byte[] described(Path file, JsonNode config) throws IOException {
        if (config.path("split_special_tokens").asBoolean(false)) {
            throw new EngineException(
                    "tokenizer_config.json asks for split_special_tokens, which LoraHub does not do; its token ids would differ from transformers'.");
        }
        byte[] json = Files.readAllBytes(file);
        if (!new String(json, StandardCharsets.ISO_8859_1).contains("ByteLevel")) return json;
        return withPrefixSpace(json, config.path("add_prefix_space").asBoolean(false));
    }

    /** Copied piece by piece, because a vocabulary takes several times the memory of its text as objects. */
    private static byte[] withPrefixSpace(byte[] json, boolean prefixSpace) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ByteArrayOutputStream changed = new ByteArrayOutputStream(json.length);
        try (JsonParser in = mapper.createParser(json);
                JsonGenerator out = mapper.createGenerator(changed)) {
            if (in.nextToken() != JsonToken.START_OBJECT) return json;
            out.writeStartObject();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                in.nextToken();
                out.writeFieldName(field);
                if (!field.equals("pre_tokenizer")) {
                    out.copyCurrentStructure(in);
                    continue;
                }
                JsonNode value = in.readValueAsTree();
                if (value instanceof ObjectNode pre && pre.path("type").asText().equals("ByteLevel")) {
                    pre.put("add_prefix_space", prefixSpace);
                }
                out.writeTree(value);
            }
            out.writeEndObject();
        }
        return changed.toByteArray();
    }

    /** Returns ids with the special tokens that the model expects (T5: the end token last). */
    public int[] encode(String text) {
        if (!special.wrapped()) return ids(text, true);
        IntStream begin =
                special.addsBegin() ? Arrays.stream(ids(special.begin().orElseThrow(), false)) : IntStream.of();
        IntStream end = special.addsEnd() ? Arrays.stream(ids(special.end().orElseThrow(), false)) : IntStream.of();
        return IntStream.concat(begin, IntStream.concat(Arrays.stream(ids(text, false)), end))
                .toArray();
    }

    /** Returns ids without adding special tokens. Special tokens in the text itself become their ids. */
    public int[] encodeAsIs(String text) {
        return ids(text, false);
    }

    private int[] ids(String text, boolean withSpecialTokens) {
        try {
            return Arrays.stream(
                            tokenizer.encode(text, withSpecialTokens, false).getIds())
                    .mapToInt(Math::toIntExact)
                    .toArray();
        } catch (
                RuntimeException e) { // which the native library throws, such as for a vocabulary without its unk_token
            throw new EngineException(
                    "The tokenizer can't read the text %s: %s.".formatted(EngineException.quoted(text), e.getMessage()),
                    e);
        }
    }

    /** Returns the id of a token; empty if it is not a single token. */
    public OptionalInt id(String token) {
        int[] ids = ids(token, false);
        return ids.length == 1 ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    public SpecialTokens specialTokens() {
        return special;
    }

    /** Returns the text without special tokens. */
    public String decode(int[] ids) {
        return cleanUp ? cleaned(decodeRaw(ids)) : decodeRaw(ids);
    }

    /** Returns the text without special tokens and before clean-up. */
    String decodeRaw(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /** Returns the text without special tokens, token by token. */
    public TokenStream stream() {
        return new TokenStream(this);
    }

    boolean cleansUp() {
        return cleanUp;
    }

    public String decodeWithSpecialTokens(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    /** Returns a token's own text, with special tokens spelled out and a part of a character as U+FFFD. */
    public String token(int id) {
        return decodeWithSpecialTokens(new int[] {id});
    }

    /** Returns what a token adds to a text; some tokenizers write its space only there. */
    public String tokenWithin(int id) {
        if (anchor == null) anchor = anchor();
        int[] both = Arrays.copyOf(anchor, anchor.length + 1);
        both[anchor.length] = id;
        String before = decodeWithSpecialTokens(anchor);
        String text = decodeWithSpecialTokens(both);
        return text.startsWith(before) ? text.substring(before.length()) : token(id);
    }

    private int[] anchor() {
        try {
            return ids("a", false);
        } catch (EngineException e) {
            return new int[0];
        }
    }

    /** Returns the bytes of a token that is a part of a character in UTF-8, or of several; empty for all others. */
    public Optional<byte[]> partialBytes(int id) {
        return Optional.ofNullable(vocabulary.partial().get(id)).map(byte[]::clone);
    }

    /**
     * Returns the characters of a text for which the tokenizer has no token: the model can neither distinguish nor
     * write them. They are in order of appearance, without white space.
     */
    public List<String> unknownCharacters(String text) {
        if (!readsUnknown(text)) return List.of();
        return text.codePoints()
                .distinct()
                .filter(c -> !Character.isWhitespace(c))
                .mapToObj(Character::toString)
                .filter(c -> holds(encode(c), vocabulary.unknown().getAsInt()))
                .toList();
    }

    /** Whether a part of the text becomes the token for unknown text. */
    public boolean readsUnknown(String text) {
        return vocabulary.unknown().isPresent()
                && holds(encode(text), vocabulary.unknown().getAsInt());
    }

    private static boolean holds(int[] ids, int id) {
        return Arrays.stream(ids).anyMatch(i -> i == id);
    }

    /** Whether the model was made for texts of limited length. */
    public boolean isLimited() {
        return maxLength < NO_LIMIT;
    }

    /**
     * Maximum number of tokens that the model was made for, from model_max_length in tokenizer_config.json; a billion
     * if there is no limit.
     */
    public int maxLength() {
        return maxLength;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /** Applies clean_up_tokenization_spaces in the same way as transformers. */
    static String cleaned(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }
}

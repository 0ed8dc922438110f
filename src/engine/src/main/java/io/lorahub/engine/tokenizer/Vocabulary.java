package io.lorahub.engine.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What tokenizer.json says of the tokens, and the tokenizers library doesn't tell.
 *
 * @param unknown id of the token for unknown text; empty if there is none, as in tokenizers that fall back to bytes
 * @param partial bytes of the tokens that aren't whole characters in UTF-8, by their ids
 */
record Vocabulary(OptionalInt unknown, Map<Integer, byte[]> partial) {

    /** A token of byte fallback, such as {@code <0xE2>}. */
    private static final int FALLBACK_LENGTH = 6;

    /** The characters that stand for the 256 bytes in byte-level vocabularies (GPT-2's bytes_to_unicode). */
    private static final Map<Integer, Byte> BYTE_LEVEL = byteLevel();

    private static Map<Integer, Byte> byteLevel() {
        Map<Integer, Byte> bytes = new HashMap<>();
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printed = value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
            bytes.put(printed ? value : next++, (byte) value);
        }
        return Map.copyOf(bytes);
    }

    /** Reads the file piece by piece, because a vocabulary takes several times the memory of its text as objects. */
    static Vocabulary read(Path file) throws IOException {
        Reader reader = new Reader();
        try (JsonParser json = new ObjectMapper().getFactory().createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("added_tokens")) reader.added(json.readValueAsTree());
                else if (field.equals("decoder")) reader.decoder(json.readValueAsTree());
                else if (field.equals("model") && json.currentToken() == JsonToken.START_OBJECT) reader.model(json);
                else json.skipChildren();
            }
        }
        return reader.vocabulary();
    }

    private static final class Reader {

        private final Map<String, Integer> added = new HashMap<>();
        private final Map<Integer, byte[]> fallback = new HashMap<>();
        private final Map<Integer, byte[]> byteLevel = new HashMap<>();
        private OptionalInt unknownId = OptionalInt.empty();
        private String unknownToken;
        private boolean isByteLevel;

        void added(JsonNode tokens) {
            for (JsonNode entry : tokens) {
                added.put(entry.path("content").asText(), entry.path("id").asInt());
            }
        }

        void decoder(JsonNode decoder) {
            isByteLevel = decoder.findValuesAsText("type").contains("ByteLevel");
        }

        /** The {@code unk_id} of a Unigram model, or the {@code unk_token} of the others, and the tokens of all. */
        void model(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                if (key.equals("unk_id") && value == JsonToken.VALUE_NUMBER_INT) {
                    unknownId = OptionalInt.of(json.getIntValue());
                } else if (key.equals("unk_token") && value == JsonToken.VALUE_STRING) {
                    unknownToken = json.getText();
                } else if (key.equals("vocab") && value == JsonToken.START_OBJECT) {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String token = json.currentName();
                        json.nextToken();
                        token(token, json.getValueAsInt(-1));
                        json.skipChildren();
                    }
                } else if (key.equals("vocab") && value == JsonToken.START_ARRAY) { // of Unigram, with pairs
                    for (int id = 0; json.nextToken() != JsonToken.END_ARRAY; id++) {
                        if (json.currentToken() != JsonToken.START_ARRAY) continue;
                        if (json.nextToken() == JsonToken.VALUE_STRING) token(json.getText(), id);
                        while (json.currentToken() != JsonToken.END_ARRAY) {
                            json.skipChildren();
                            json.nextToken();
                        }
                    }
                } else {
                    json.skipChildren();
                }
            }
        }

        private void token(String token, int id) {
            if (token.length() == FALLBACK_LENGTH && token.matches("<0x[89A-F][0-9A-F]>")) {
                fallback.put(id, HexFormat.of().parseHex(token, 3, 5));
            }
            int beyond = 0; // ASCII stands for itself, and is whole
            for (int i = 0; i < token.length() && beyond == 0; i++) beyond = token.charAt(i) & ~0x7F;
            if (beyond == 0) return;
            byte[] bytes = new byte[token.length()];
            for (int i = 0; i < bytes.length; i++) {
                Byte one = BYTE_LEVEL.get((int) token.charAt(i));
                if (one == null) return;
                bytes[i] = one;
            }
            if (!isUtf8(bytes)) byteLevel.put(id, bytes);
        }

        private static boolean isUtf8(byte[] bytes) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                return true;
            } catch (CharacterCodingException e) {
                return false;
            }
        }

        Vocabulary vocabulary() {
            OptionalInt unknown = unknownId.isPresent() || unknownToken == null || !added.containsKey(unknownToken)
                    ? unknownId
                    : OptionalInt.of(added.get(unknownToken));
            return new Vocabulary(unknown, isByteLevel ? byteLevel : fallback);
        }
    }
}

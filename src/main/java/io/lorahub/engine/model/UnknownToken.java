package io.lorahub.engine.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which token stands for all that a tokenizer does not know, by its tokenizer.json (Hugging Face tokenizers): the
 * {@code unk_id} of a Unigram model, or the {@code unk_token} of the others. The vocabulary, which is most of the file,
 * is skipped.
 */
final class UnknownToken {

    private static final JsonFactory JSON = new ObjectMapper().getFactory();

    private UnknownToken() {}

    /** Empty where the tokenizer has none, as those that fall back to bytes. */
    static OptionalInt of(Path file) throws IOException {
        Map<String, Integer> added = new HashMap<>();
        OptionalInt id = OptionalInt.empty();
        String token = null;
        try (JsonParser json = JSON.createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("added_tokens")) {
                    for (JsonNode entry : json.<JsonNode>readValueAsTree()) {
                        added.put(
                                entry.path("content").asText(), entry.path("id").asInt());
                    }
                } else if (field.equals("model") && json.currentToken() == JsonToken.START_OBJECT) {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String key = json.currentName();
                        JsonToken value = json.nextToken();
                        if (key.equals("unk_id") && value == JsonToken.VALUE_NUMBER_INT) {
                            id = OptionalInt.of(json.getIntValue());
                        } else if (key.equals("unk_token") && value == JsonToken.VALUE_STRING) {
                            token = json.getText();
                        } else {
                            json.skipChildren();
                        }
                    }
                } else {
                    json.skipChildren();
                }
            }
        }
        if (id.isPresent() || token == null || !added.containsKey(token)) return id;
        return OptionalInt.of(added.get(token));
    }
}

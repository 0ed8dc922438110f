package io.lorahub.examples;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.error.JsonFault;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Examples as JSON objects: one per line (JSONL), or in one JSON value, either an array of them or an object that
 * contains such an array as "examples". An object has the names of {@link Fields}, or a conversation of one turn.
 */
final class JsonExamples {

    /** Rejects duplicate keys, and anything after the value. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    /** Reads one element of a list, which more elements may follow. */
    private static final ObjectReader ELEMENT = JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** OpenAI's fine-tuning files have messages with role and content; ShareGPT's have conversations with from and value. */
    private static final List<String> CONVERSATIONS = List.of("messages", "conversations");

    private static final Set<String> SYSTEM = Set.of("system", "developer");
    private static final Set<String> USER = Set.of("user", "human");
    private static final Set<String> ASSISTANT = Set.of("assistant", "gpt");

    /** An example with more values is none, and its tree would take much more memory than its text. */
    private static final int MOST_TOKENS = 20_000;

    private static final class OneExample extends JsonParserDelegate {

        private final Path file;
        private final long line;
        private int tokens;

        OneExample(Path file, long line, JsonParser json) {
            super(json);
            this.file = file;
            this.line = line;
        }

        @Override
        public JsonToken nextToken() throws IOException {
            if (++tokens > MOST_TOKENS) {
                throw new ExamplesException(file, line, "there are more than %,d values.".formatted(MOST_TOKENS));
            }
            return super.nextToken();
        }
    }

    private JsonExamples() {}

    /** Whether the file is one array or one object that spans lines, rather than one object per line. */
    private static boolean isOneValue(String text) {
        String start = text.stripLeading();
        if (start.startsWith("[")) return true;
        if (!start.startsWith("{")) return false;
        String firstLine = start.lines().findFirst().orElse("").strip();
        return firstLine.matches("\\{\\s*\"(canary|examples)\".*|.*[{\\[,]");
    }

    /** @param most number of rows that are read */
    static Findings read(Path file, String text, int most) {
        return isOneValue(text) ? value(file, text, most) : lines(file, text, most);
    }

    /** Reads one object per line; blank lines are skipped. */
    private static Findings lines(Path file, String text, int most) {
        Findings findings = new Findings(most);
        long number = 0;
        for (Iterator<String> lines = text.lines().iterator(); lines.hasNext(); ) {
            String line = lines.next();
            long place = ++number;
            if (!line.isBlank()) findings.take(() -> example(file, place, line));
        }
        return findings;
    }

    private static Example example(Path file, long number, String line) {
        try (JsonParser parser = new OneExample(file, number, JSON.createParser(line))) {
            JsonNode node = JSON.reader().readTree(parser);
            return example(file, number, node);
        } catch (JsonProcessingException e) {
            throw broken(file, number - 1, e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory can be read", e);
        }
    }

    private static Findings value(Path file, String text, int most) {
        Findings findings = new Findings(most);
        try (JsonParser parser = JSON.createParser(text)) {
            toArray(file, parser);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                long line = parser.currentTokenLocation().getLineNr();
                JsonNode node = ELEMENT.readTree(new OneExample(file, line, parser));
                findings.take(() -> example(file, line, node));
            }
            while (parser.nextToken() != null) {
                // the rest must be JSON too, otherwise the file was truncated or mixed up
            }
        } catch (JsonProcessingException e) {
            findings.fault(broken(file, 0, e));
        } catch (ExamplesException e) {
            findings.fault(e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory can be read", e);
        }
        return findings;
    }

    private static void toArray(Path file, JsonParser parser) throws IOException {
        if (parser.nextToken() == JsonToken.START_ARRAY) return;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isExamples = parser.currentName().equals("examples");
            JsonToken value = parser.nextToken();
            if (isExamples && value == JsonToken.START_ARRAY) return;
            parser.skipChildren();
        }
        throw new ExamplesException(
                file, "the object has no list \"examples\"; write one example per line, or a list of them.");
    }

    private static Example example(Path file, long line, JsonNode node) {
        if (!node.isObject()) {
            throw new ExamplesException(
                    file, line, "an example must be an object with %s, not %s.".formatted(Fields.WANTED, kind(node)));
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        Optional<Fields> known = Fields.among(names);
        Optional<String> conversation =
                CONVERSATIONS.stream().filter(names::contains).findFirst();
        if (known.isEmpty() && conversation.isPresent()) return conversation(file, line, conversation.get(), node);
        Fields fields = known.orElseThrow(() -> new ExamplesException(
                file,
                line,
                "an example needs %s; this one has %s."
                        .formatted(Fields.WANTED, names.isEmpty() ? "nothing" : String.join(", ", names))));
        String output = text(file, line, node, fields.output());
        return Fields.example(fields.input(field -> optional(file, line, node, fields, field)), output)
                .orElseThrow(() -> new ExamplesException(file, line, "\"%s\" is empty.".formatted(fields.output())));
    }

    /** One user's message and its answer; what a system's message says comes first, as an instruction does. */
    private static Example conversation(Path file, long line, String field, JsonNode node) {
        List<String> said = new ArrayList<>();
        List<String> roles = new ArrayList<>();
        for (JsonNode message : node.get(field)) {
            boolean plain = message.has("role");
            roles.add(message.path(plain ? "role" : "from").asText());
            said.add(said(file, line, message, plain ? "content" : "value"));
        }
        int user = !roles.isEmpty() && SYSTEM.contains(roles.get(0)) ? 1 : 0;
        boolean isOne =
                roles.size() == user + 2 && USER.contains(roles.get(user)) && ASSISTANT.contains(roles.get(user + 1));
        if (!isOne) {
            throw new ExamplesException(
                    file,
                    line,
                    "\"%s\" must be one message of the user and the assistant's answer, after a message of the system or without one; these are %s."
                            .formatted(field, roles.isEmpty() ? "none" : String.join(", ", roles)));
        }
        String input = user == 0 ? said.get(0) : said.get(0) + "\n" + said.get(1);
        return Fields.example(input, said.get(user + 1))
                .orElseThrow(() -> new ExamplesException(file, line, "the assistant's answer is empty."));
    }

    /** A text, or a list of parts that are texts, as in OpenAI's chats. */
    private static String said(Path file, long line, JsonNode message, String field) {
        JsonNode parts = message.path(field);
        if (!parts.isArray()) return text(file, line, message, field);
        StringBuilder said = new StringBuilder();
        for (JsonNode part : parts) {
            if (!part.path("type").asText().equals("text")) {
                throw new ExamplesException(
                        file, line, "\"%s\" has a part that isn't a text; models read nothing else.".formatted(field));
            }
            said.append(text(file, line, part, "text"));
        }
        return said.toString();
    }

    /** A field's text; if there is an instruction, the input may be missing or null. */
    private static String optional(Path file, long line, JsonNode node, Fields fields, String field) {
        return fields.instruction().isPresent() && node.get(field).isNull() ? "" : text(file, line, node, field);
    }

    private static String text(Path file, long line, JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) throw new ExamplesException(file, line, "\"%s\" is missing.".formatted(field));
        if (!value.isTextual()) {
            throw new ExamplesException(
                    file, line, "\"%s\" must be text in quotes, not %s.".formatted(field, kind(value)));
        }
        return value.textValue();
    }

    private static String kind(JsonNode node) {
        String kind = EnumNames.of(node.getNodeType());
        return kind.equals("null") ? kind : (kind.matches("[aeiou].*") ? "an " : "a ") + kind;
    }

    /** @param before number of lines in the file before the parsed text */
    private static ExamplesException broken(Path file, long before, JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        long line = before + (at == null ? 1 : Math.max(1, at.getLineNr()));
        return new ExamplesException(file, line, "this isn't valid JSON: %s.".formatted(JsonFault.words(e)));
    }
}

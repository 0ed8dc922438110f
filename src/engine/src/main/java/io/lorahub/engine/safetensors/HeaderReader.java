package io.lorahub.engine.safetensors;

import static io.lorahub.engine.error.EngineException.quoted;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import io.lorahub.engine.error.JsonFault;
import io.lorahub.engine.safetensors.SafetensorsHeader.Entry;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the JSON header of a safetensors file, treating it as untrusted. */
final class HeaderReader {

    static final int MAX_HEADER_BYTES = 100_000_000;
    private static final int MAX_TENSORS = 100_000;
    private static final int MAX_NAME_LENGTH = 2_000;
    private static final int MAX_METADATA_ENTRIES = 10_000;
    private static final int MAX_METADATA_CHARACTERS = 8_000_000;

    /** Limit on JSON tokens for unknown keys in all tensors' entries. */
    private static final int MAX_OTHER_TOKENS = 100_000;

    private static final int MAX_DIMENSIONS = 64;
    private static final int LENGTH_BYTES = 8;

    // Names are neither interned nor kept in a shared table, because they are untrusted.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(20)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final Path file;
    private final MappedFile bytes;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private int others;

    HeaderReader(Path file, MappedFile bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    SafetensorsHeader read() throws IOException {
        ByteBuffer json = json();
        long data = LENGTH_BYTES + json.remaining();
        Reader text = new InputStreamReader(new ByteBufferBackedInputStream(json), StandardCharsets.UTF_8.newDecoder());
        try (JsonParser parser = JSON.createParser(text)) {
            readTensors(parser);
        } catch (JsonProcessingException e) {
            throw refuse("its header isn't valid (%s)".formatted(JsonFault.words(e)));
        } catch (CharacterCodingException e) {
            throw refuse("its header is not UTF-8");
        }
        return new SafetensorsHeader(SafetensorsHeader.inOrder(file, entries, bytes.size() - data), metadata, data);
    }

    private ByteBuffer json() throws IOException {
        if (bytes.size() < LENGTH_BYTES) {
            throw refuse("it has %d bytes, which is too short for a safetensors file".formatted(bytes.size()));
        }
        long length = bytes.slice(0, LENGTH_BYTES, 1).getLong();
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw refuse("its first 8 bytes ask for a header of %s bytes, but at most %d are allowed; it is %s"
                    .formatted(Long.toUnsignedString(length), MAX_HEADER_BYTES, guess()));
        }
        if (length > bytes.size() - LENGTH_BYTES) {
            throw refuse("it is incomplete: its header should have %d bytes, but only %d follow"
                    .formatted(length, bytes.size() - LENGTH_BYTES));
        }
        ByteBuffer json = bytes.slice(LENGTH_BYTES, (int) length, 1);
        if (length < 2 || json.get(0) != '{') throw refuse("its header is not a JSON object");
        return json;
    }

    /** Guesses the actual format of a file that is not in safetensors format. */
    private String guess() throws IOException {
        byte[] head = new byte[LENGTH_BYTES];
        bytes.slice(0, LENGTH_BYTES, 1).get(head);
        String start = new String(head, StandardCharsets.ISO_8859_1);
        if (start.startsWith("PK")) return "a zip or a PyTorch checkpoint, not a safetensors file";
        if (start.startsWith("version ")) return "a Git LFS pointer, so fetch the file itself with `git lfs pull`";
        if (start.startsWith("<")) return "a web page, so download the file itself";
        return "damaged or not a safetensors file";
    }

    private void readTensors(JsonParser parser) throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (name.length() > MAX_NAME_LENGTH) {
                throw refuse("it has a tensor whose name is longer than %d characters".formatted(MAX_NAME_LENGTH));
            }
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refuse("its header's entry %s is not a JSON object".formatted(quoted(name)));
            }
            if (name.equals("__metadata__")) {
                readMetadata(parser);
            } else if (entries.size() == MAX_TENSORS) {
                throw refuse("it has more than %d tensors".formatted(MAX_TENSORS));
            } else {
                entries.put(name, entry(name, parser));
            }
        }
        if (parser.nextToken() != null) throw refuse("its header continues after the end of the JSON object");
    }

    /** Limits the metadata. Each key would be kept, and again by the parser to detect duplicates. */
    private void readMetadata(JsonParser parser) throws IOException {
        long characters = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw refuse("its metadata %s isn't a string".formatted(quoted(key)));
            }
            metadata.put(key, parser.getText());
            characters += key.length() + parser.getTextLength();
            if (metadata.size() > MAX_METADATA_ENTRIES || characters > MAX_METADATA_CHARACTERS) {
                throw refuse("its metadata has more than %d entries or %d characters"
                        .formatted(MAX_METADATA_ENTRIES, MAX_METADATA_CHARACTERS));
            }
        }
    }

    private Entry entry(String name, JsonParser parser) throws IOException {
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "dtype" -> dtype = dtype(name, parser);
                case "shape" -> shape = numbers(name, "shape", MAX_DIMENSIONS, parser);
                case "data_offsets" -> offsets = numbers(name, "data_offsets", 2, parser);
                default -> skip(name, parser);
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
            throw refuse(name, "lacks its dtype, its shape or its two data_offsets");
        }
        return checked(name, new Entry(new TensorInfo(dtype, shape), offsets[0], offsets[1]));
    }

    private void skip(String name, JsonParser parser) throws IOException {
        int depth = 0;
        while (true) {
            if (++others > MAX_OTHER_TOKENS) throw refuse(name, "has far more keys than the format knows");
            JsonToken token = parser.currentToken();
            if (token == null) return; // the JSON ends too early, which the caller will detect
            if (token.isStructStart()) depth++;
            if (token.isStructEnd()) depth--;
            if (depth == 0) return;
            parser.nextToken();
        }
    }

    private DType dtype(String name, JsonParser parser) throws IOException {
        String dtype = parser.getText();
        return DType.named(dtype)
                .orElseThrow(() -> refuse(
                        name,
                        "has the dtype %s; only %s can be read"
                                .formatted(quoted(dtype), Arrays.toString(DType.values()))));
    }

    private long[] numbers(String name, String what, int max, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY)
            throw refuse(name, "has a %s that isn't a list".formatted(what));
        long[] numbers = new long[max];
        int n = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (n == max) throw refuse(name, "has a %s of more than %d numbers".formatted(what, max));
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw refuse(name, "has a %s with something other than whole numbers".formatted(what));
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw refuse(name, "has a number in its %s that is too large".formatted(what));
            }
            numbers[n] = parser.getLongValue();
            if (numbers[n++] < 0) throw refuse(name, "has a negative number in its %s".formatted(what));
        }
        return Arrays.copyOf(numbers, n);
    }

    private Entry checked(String name, Entry entry) {
        if (entry.begin() > entry.end()) throw refuse(name, "ends before it begins");
        long bytes;
        try {
            bytes = entry.info().bytes();
        } catch (ArithmeticException e) {
            throw refuse(name, "has a shape with more elements than can be counted");
        }
        if (bytes != entry.end() - entry.begin()) {
            throw refuse(
                    name,
                    "has the shape %s of %s, which needs %d bytes, and %d bytes of data"
                            .formatted(
                                    Arrays.toString(entry.info().shape()),
                                    entry.info().dtype(),
                                    bytes,
                                    entry.end() - entry.begin()));
        }
        return entry;
    }

    private SafetensorsException refuse(String tensor, String reason) {
        return refuse("the tensor %s %s".formatted(quoted(tensor), reason));
    }

    private SafetensorsException refuse(String reason) {
        return new SafetensorsException(file, reason);
    }
}

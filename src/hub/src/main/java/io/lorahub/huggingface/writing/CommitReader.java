package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.TooLargeException;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Reads a commit: one JSON object per line, first the header, then one for each operation. Contents are Base64 within
 * the JSON; they are decoded and staged piece by piece, so that a file of any size takes little memory. If anything is
 * wrong, nothing stays in staging.
 */
public final class CommitReader {

    static final int MOST_OPERATIONS = 1000;

    /** Values other than contents are names and messages. The parser reads a longer one no further. */
    private static final int LONGEST_TEXT = 100_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(100)
                    .build())
            .build();

    // Characters; lists of commits have them.
    private static final int LONGEST_TITLE = 1000;
    private static final int LONGEST_MESSAGE = 10_000;

    /** The others are not kept. */
    private static final Set<String> FIELDS = Set.of("summary", "description", "parentCommit", "path", "oid");

    private static final int BUFFER = 1 << 18;

    private final ObjectStore store;
    private final Executor executor;
    private final RequestBudget budget;

    /** Bytes that can still be staged. */
    private long left;

    private final List<StagedFile> staged = new ArrayList<>();
    private final List<CommitRequest.Operation> operations = new ArrayList<>();
    private String title = "";
    private String message = "";
    private String parent;

    /**
     * @param executor stages a content while this thread decodes it
     * @param budget of the request, where texts take their memory
     * @param most number of bytes that all contents together can have
     */
    public CommitReader(ObjectStore store, Executor executor, RequestBudget budget, long most) {
        this.store = store;
        this.executor = executor;
        this.budget = budget;
        left = most;
    }

    /** @throws ProblemException if the body is not a commit, or too large */
    public CommitRequest read(InputStream body) throws IOException {
        boolean done = false;
        try (JsonParser json = JSON.createParser(body)) {
            while (json.nextToken() != null) readLine(json);
            if (title.isBlank()) throw ProblemException.badRequest("The commit has no header with a summary.");
            done = true;
            return new CommitRequest(title, message, parent, List.copyOf(operations));
        } catch (JsonProcessingException | CharConversionException | IllegalArgumentException e) {
            throw malformed();
        } finally {
            if (!done) discard();
        }
    }

    private void discard() {
        staged.forEach(file -> store.delete(file.key()));
    }

    private static ProblemException malformed() {
        return ProblemException.badRequest(
                "The body is not a commit: send one JSON object per line, with key and value, contents as Base64.");
    }

    private void readLine(JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT);
        String key = null;
        Map<String, Object> value = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (name.equals("key")) key = text(json);
            else if (name.equals("value") && token == JsonToken.START_OBJECT && key != null) value = value(json, key);
            else json.skipChildren();
        }
        require(key != null && value != null);
        if (key.equals("header")) {
            title = string(value, "summary");
            message = string(value, "description");
            if (title.length() > LONGEST_TITLE || message.length() > LONGEST_MESSAGE) {
                throw ProblemException.tooLarge("A commit's summary can have %,d characters, and its description %,d."
                        .formatted(LONGEST_TITLE, LONGEST_MESSAGE));
            }
            parent = value.get("parentCommit") instanceof String oid ? oid : null;
        } else {
            operations.add(operation(key, value));
        }
    }

    private Map<String, Object> value(JsonParser json, String key) throws IOException {
        if (!key.equals("header") && operations.size() >= MOST_OPERATIONS) {
            throw ProblemException.tooLarge("A commit can have at most %,d operations.".formatted(MOST_OPERATIONS));
        }
        Map<String, Object> value = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (key.equals("file") && name.equals("content") && token == JsonToken.VALUE_STRING) {
                require(!value.containsKey(name));
                StagedFile file = stage(json);
                staged.add(file);
                value.put(name, file);
            } else if (token == JsonToken.VALUE_STRING && FIELDS.contains(name)) {
                String text = text(json);
                budget.hold(2L * text.length());
                value.put(name, text);
            } else {
                json.skipChildren();
            }
        }
        return value;
    }

    private static String text(JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.VALUE_STRING);
        return json.getText();
    }

    private static void require(boolean sound) {
        if (!sound) throw malformed();
    }

    private static String string(Map<String, Object> value, String name) {
        return value.get(name) instanceof String text ? text : "";
    }

    private static CommitRequest.Operation operation(String key, Map<String, Object> value) {
        String path = string(value, "path");
        return switch (key) {
            case "file" -> {
                require(value.get("content") instanceof StagedFile);
                yield new CommitRequest.Add(RepositoryPath.of(path), (StagedFile) value.get("content"));
            }
            case "lfsFile" -> new CommitRequest.Reuse(RepositoryPath.of(path), string(value, "oid"));
            case "deletedFile" -> new CommitRequest.DeleteFile(RepositoryPath.of(path));
            case "deletedFolder" ->
                new CommitRequest.DeleteFolder(path.equals("./") || path.equals("/") ? "" : RepositoryPath.of(path));
            default -> throw ProblemException.badRequest("There is no operation \"%s\".".formatted(cut(key)));
        };
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(40, text.length()));
    }

    /** Decodes the current value into the store. */
    private StagedFile stage(JsonParser json) throws IOException {
        budget.hold(BUFFER);
        PipedInputStream in = new PipedInputStream(BUFFER);
        try (OutputStream out = new PipedOutputStream(in)) {
            CompletableFuture<StagedFile> staging = CompletableFuture.supplyAsync(() -> stage(in), executor);
            try {
                json.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, out);
            } catch (IOException | IllegalArgumentException e) { // the latter for what is not Base64
                out.close();
                store.delete(join(staging).key());
                throw e;
            }
            out.close();
            StagedFile file = join(staging);
            left -= file.size();
            return file;
        } finally {
            budget.release(BUFFER);
        }
    }

    /** Closes the input at its end, so that a decoder does not wait for a reader that has failed. */
    private StagedFile stage(PipedInputStream in) {
        try (in) {
            return store.stage(in, left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StagedFile join(CompletableFuture<StagedFile> staging) {
        try {
            return staging.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TooLargeException tooLarge) throw tooLarge(tooLarge);
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }

    private static ProblemException tooLarge(TooLargeException failure) {
        return ProblemException.tooLarge("The files of this commit are too large: %s".formatted(failure.getMessage()));
    }
}

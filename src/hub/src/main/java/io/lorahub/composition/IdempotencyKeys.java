package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.account.Person;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Lets members repeat a request without doing twice what it asks for. A request with the same key is answered with what
 * the first one created, whatever has changed since then, such as a candidate that was deleted: the key is looked up
 * before anything is validated, and requests are compared as they were sent
 * (<a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">IETF draft
 * Idempotency-Key</a>).
 */
@ApplicationScoped
public class IdempotencyKeys {

    public static final String HEADER = "Idempotency-Key";

    /** Characters of the longest key. */
    private static final int LENGTH = 200;

    /** Writes the same request the same way in every release: a field that is absent doesn't count. */
    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    /**
     * What the first request with this key created; without such a request, what this one creates. Of simultaneous
     * requests with one key, later ones wait for the first.
     *
     * @param key     the header
     * @param request the body
     * @param check   called only if nothing was created yet, outside a transaction; returns what creates the result in
     *                a transaction, after other requests of this member
     * @throws ProblemException if the key is malformed or was used for another request
     */
    public UUID once(
            Person member,
            IdempotencyKey.Kind kind,
            Optional<String> key,
            Object request,
            Supplier<Supplier<UUID>> check) {
        if (key.isEmpty()) return inTransaction(check.get());
        if (key.get().isBlank() || key.get().length() > LENGTH) {
            throw ProblemException.invalid(HEADER, "The key has 1 to %d characters.".formatted(LENGTH));
        }
        String hash = sha256(request);
        Supplier<Optional<UUID>> first = () -> first(member, kind, key.get(), hash);
        Optional<UUID> before = inTransaction(first);
        if (before.isPresent()) return before.get();
        Supplier<UUID> create = check.get();
        return inTransaction(() -> {
            RunOwner.member(member).lock();
            return first.get().orElseGet(() -> {
                UUID created = create.get();
                IdempotencyKey.persist(member, kind, key.get(), hash, created);
                return created;
            });
        });
    }

    private static Optional<UUID> first(Person member, IdempotencyKey.Kind kind, String key, String hash) {
        Optional<IdempotencyKey> used = IdempotencyKey.of(member, kind, key);
        used.ifPresent(earlier -> {
            if (earlier.request == null) earlier.request = hash;
            if (!earlier.request.equals(hash)) {
                throw ProblemException.invalid(
                        HEADER,
                        "This key was used for another request, which created the %s %s. Use a new key for a new request."
                                .formatted(kind.word(), earlier.created()));
            }
        });
        return used.map(IdempotencyKey::created);
    }

    private static <T> T inTransaction(Supplier<T> work) {
        return QuarkusTransaction.joiningExisting().call(work::get);
    }

    private static String sha256(Object request) {
        try {
            return DigestUtils.sha256Hex(CANONICAL.writeValueAsBytes(request));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A request that was read can be written.", e);
        }
    }
}

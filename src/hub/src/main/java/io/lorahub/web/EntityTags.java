package io.lorahub.web;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The value of If-Match or If-None-Match (RFC 9110, sections 8.8.3 and 13.1).
 *
 * @param any  whether it is {@code *}
 * @param tags entity tags without their quotes
 */
public record EntityTags(boolean any, List<EntityTag> tags) {

    private static final Pattern TAG = Pattern.compile("(W/)?\"([^\"]*)\"");

    public static EntityTags of(String header) {
        List<EntityTag> tags = TAG.matcher(header)
                .results()
                .map(match -> new EntityTag(match.group(2), match.group(1) != null))
                .toList();
        return new EntityTags(header.strip().equals("*"), tags);
    }

    /** @return empty if the request has no such header */
    public static Optional<EntityTags> in(HttpServerRequest request, CharSequence header) {
        List<String> lines = request.headers().getAll(header);
        return lines.isEmpty() ? Optional.empty() : Optional.of(of(String.join(",", lines)));
    }

    /** Weak comparison, for If-None-Match. */
    public boolean weaklyMatch(EntityTag now) {
        return any || tags.stream().anyMatch(tag -> tag.getValue().equals(now.getValue()));
    }

    /** Strong comparison, for If-Match. */
    public boolean stronglyMatch(Predicate<String> now) {
        return any || tags.stream().anyMatch(tag -> !tag.isWeak() && now.test(tag.getValue()));
    }

    /** Answers a GET or HEAD with the entity, unless the caller already has it. */
    public static Response.ResponseBuilder answer(HttpServerRequest request, EntityTag now, Supplier<?> entity) {
        return (isKnown(request, now) ? Response.notModified() : Response.ok(entity.get())).tag(now);
    }

    /** Whether the caller of a GET or HEAD already has the current version. */
    public static boolean isKnown(HttpServerRequest request, EntityTag now) {
        return in(request, "If-None-Match")
                .filter(tags -> tags.weaklyMatch(now))
                .isPresent();
    }
}

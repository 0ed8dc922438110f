package io.lorahub.testsupport.routes;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.form.RunForm;
import io.lorahub.composition.request.CreateRunRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/**
 * The fields that a route takes from the caller, found in its handler, so that new fields are covered automatically.
 */
public final class RouteFields {

    /** The place of a value in a request. */
    public enum Place {
        QUERY,
        FORM,
        JSON,
        HEADER
    }

    /**
     * @param name  of a JSON object within a list: {@code examples[].input}
     * @param many  whether a list of such values is taken
     */
    public record Field(Place place, String name, boolean many) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> LIST = List.of(
            "q",
            "sort",
            "after",
            "before",
            "sha256",
            "limit",
            "base",
            "tag",
            "licence",
            "rank",
            "module",
            "publisher",
            "language");

    /** Pages that read their address as the list of adapters in the API does. */
    private static final List<String> LISTS = List.of("/adapters", "/adapters.atom");

    /** The form that publishes a mix. */
    private static final List<String> MIX = List.of(
            "publisher",
            "name",
            "visibility",
            "title",
            "summary",
            "description",
            "tags",
            "languages",
            "export",
            "recipe");

    /** The fields of routes that take all that a form or an address has, by path. */
    private static final Map<String, List<String>> OPEN_ENDED = Map.of(
            "/runs/{run}/result/try",
            List.of("input", "w0", "w1"),
            "/runs/{run}/publish",
            MIX,
            "/compose/merge/{id}/publish",
            MIX,
            "/candidates/add-found",
            with(LIST, "back"));

    /** What both kinds of requests for texts take. */
    private static final List<String> GENERATION = List.of(
            "model",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "seed",
            "n",
            "stop",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "stream",
            "stream_options",
            "user",
            "tools",
            "response_format",
            "unknown");

    /** The same for bodies that are read as any JSON. */
    private static final Map<String, List<String>> ANY_JSON = Map.ofEntries(
            Map.entry(
                    "/api/v1/adapters/{publisher}/{name}",
                    List.of(
                            "title",
                            "summary",
                            "description",
                            "tags",
                            "languages",
                            "licence",
                            "training_data",
                            "intended_use",
                            "example_input",
                            "example_output",
                            "visibility",
                            "notes",
                            "unknown")),
            Map.entry("/v1/chat/completions", with(GENERATION, "messages")),
            Map.entry("/v1/completions", with(GENERATION, "prompt")),
            Map.entry("/api/repos/create", List.of("type", "name", "organization", "private", "visibility")),
            Map.entry("/api/repos/delete", List.of("type", "name", "organization")),
            Map.entry("/api/repos/move", List.of("type", "fromRepo", "toRepo")),
            Map.entry("/api/validate-yaml", List.of("content", "repoType")),
            Map.entry("/api/models/{repository}/settings", List.of("private", "visibility", "gated", "xetEnabled")),
            Map.entry("/api/models/{repository}/branch/{branch}", List.of("startingPoint")),
            Map.entry("/api/models/{repository}/tag/{revision}", List.of("tag", "message")),
            Map.entry("/api/models/{repository}/preupload/{revision}", List.of("files", "gitIgnore")),
            Map.entry("/api/models/{repository}/super-squash/{branch}", List.of("message")),
            Map.entry("/api/models/{repository}/lfs-files/batch", List.of("deletions")));

    private RouteFields() {}

    /** Of a page's form. */
    public static List<Field> ofForm(String method, String path) {
        Route route = Route.all().stream()
                .filter(candidate -> candidate.isOf(method, path))
                .findFirst()
                .orElseThrow();
        return of(route).stream().filter(field -> field.place() == Place.FORM).toList();
    }

    public static List<Field> of(Route route) {
        List<Field> fields = new ArrayList<>();
        for (Parameter parameter : route.handler().getParameters()) fields.addAll(of(route, parameter));
        return fields;
    }

    private static List<Field> of(Route route, Parameter parameter) {
        Class<?> type = parameter.getType();
        if (parameter.isAnnotationPresent(BeanParam.class)) return bean(type);
        if (type == MultivaluedMap.class) return openEnded(route);
        if (type == UriInfo.class && LISTS.contains(route.path())) {
            return LIST.stream().map(name -> new Field(Place.QUERY, name, true)).toList();
        }
        if (isFile(parameter.getParameterizedType().getTypeName()) || parameter.isAnnotationPresent(Context.class)) {
            return List.of();
        }
        for (Annotation annotation : parameter.getAnnotations()) {
            Field field = field(annotation, parameter.getName(), type);
            if (field != null) return List.of(field);
            if (annotation instanceof PathParam
                    || annotation instanceof CookieParam
                    || annotation instanceof HeaderParam) {
                return List.of();
            }
        }
        if (route.path().contains("{" + parameter.getName() + "}") || type == InputStream.class) return List.of();
        return json(route, type);
    }

    private static List<String> with(List<String> names, String other) {
        List<String> all = new ArrayList<>(names);
        all.add(other);
        return all;
    }

    private static List<Field> bean(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (java.lang.reflect.Field member : type.getDeclaredFields()) {
            if (isFile(member.getGenericType().getTypeName())) continue;
            for (Annotation annotation : member.getAnnotations()) {
                Field field = field(annotation, member.getName(), member.getType());
                if (field != null) fields.add(field);
            }
        }
        return type == RunForm.class ? with(fields, Place.FORM) : fields;
    }

    private static boolean isFile(String type) {
        return type.contains(FileUpload.class.getName());
    }

    /** null for an annotation that names no field. */
    private static Field field(Annotation annotation, String name, Class<?> type) {
        boolean many = type == List.class;
        if (annotation instanceof FormParam form) return new Field(Place.FORM, form.value(), many);
        if (annotation instanceof RestForm form) return new Field(Place.FORM, or(form.value(), name), many);
        if (annotation instanceof QueryParam query) return new Field(Place.QUERY, query.value(), many);
        if (annotation instanceof RestQuery query) return new Field(Place.QUERY, or(query.value(), name), many);
        // The client counts that itself.
        if (annotation instanceof HeaderParam header && !header.value().equals(HttpHeaders.CONTENT_LENGTH))
            return new Field(Place.HEADER, header.value(), false);
        return null;
    }

    private static String or(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private static List<Field> openEnded(Route route) {
        List<String> names = OPEN_ENDED.get(route.path());
        if (names == null) throw new AssertionError("Which fields does " + route + " take? Say it in RouteFields.");
        return names.stream().map(name -> new Field(Place.FORM, name, false)).toList();
    }

    private static List<Field> json(Route route, Class<?> type) {
        if (JsonNode.class.isAssignableFrom(type)) {
            List<String> names = ANY_JSON.get(route.path());
            if (names == null) throw new AssertionError("Which JSON does " + route + " take? Say it in RouteFields.");
            return names.stream()
                    .map(name -> new Field(Place.JSON, name, name.equals("tags") || name.equals("languages")))
                    .toList();
        }
        if (type == CreateRunRequest.class) return with(json("", JSON.constructType(type)), Place.JSON);
        if (!type.isRecord()) return List.of();
        return json("", JSON.constructType(type));
    }

    /** With the settings of a search, which are declared elsewhere. */
    private static List<Field> with(List<Field> fields, Place place) {
        Stream<Field> settings = RunSettings.REQUESTED.stream().map(setting -> new Field(place, setting.name(), false));
        return Stream.concat(fields.stream(), settings).toList();
    }

    private static List<Field> json(String prefix, JavaType type) {
        List<Field> fields = new ArrayList<>();
        for (BeanPropertyDefinition property :
                JSON.getDeserializationConfig().introspect(type).findProperties()) {
            String name = prefix + property.getName();
            JavaType inner = property.getPrimaryType();
            boolean many = inner.isCollectionLikeType();
            if (many && inner.getContentType().getRawClass().isRecord()) {
                fields.addAll(json(name + "[].", inner.getContentType()));
            } else {
                fields.add(new Field(Place.JSON, name, many));
            }
        }
        return fields;
    }
}

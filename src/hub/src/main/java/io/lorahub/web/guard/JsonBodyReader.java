package io.lorahub.web.guard;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Reads JSON objects from programs, within the budget of the request. The framework's own reader stops at the first
 * value of a wrong type and ignores unknown fields, so a misspelt field would silently change nothing.
 */
@Provider
@Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
public final class JsonBodyReader implements ServerMessageBodyReader<Object> {

    private final ObjectMapper json;
    private final RequestBudgets budgets;

    JsonBodyReader(ObjectMapper json, RequestBudgets budgets) {
        this.json = json;
        this.budgets = budgets;
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, ResteasyReactiveResourceInfo resource, MediaType mediaType) {
        return isRead(type);
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return isRead(type);
    }

    private static boolean isRead(Class<?> type) {
        return type.isRecord() || type == JsonNode.class;
    }

    @Override
    public Object readFrom(Class<Object> type, Type generic, MediaType mediaType, ServerRequestContext request)
            throws IOException {
        return read(type, request.getInputStream());
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        return read(type, body);
    }

    /** @return null if there is no body, or the body is null */
    private Object read(Class<Object> type, InputStream body) throws IOException {
        JsonNode value;
        try (JsonParser parser = budgets.current().counted(json.createParser(body))) {
            value = json.readTree(parser);
            if (value != null && parser.nextToken() != null) {
                throw ProblemException.badRequest("The body has more than one JSON value.");
            }
        } catch (CharConversionException e) { // of a broken UTF-16 or UTF-32, which the parser recognises
            throw ProblemException.badRequest("The body is not JSON in UTF-8.");
        }
        if (value == null || value.isNull() || value.isMissingNode()) return null;
        if (!type.isRecord()) return value;
        new JsonShape(json).check(json.constructType(type), value).ifPresent(problem -> {
            throw problem;
        });
        return json.treeToValue(value, type);
    }

    /** Compares a JSON value with the target record and collects every mismatch. */
    private static final class JsonShape {

        private final ObjectMapper json;
        private final List<FieldError> mistaken = new ArrayList<>();
        private final List<FieldError> unknown = new ArrayList<>();

        JsonShape(ObjectMapper json) {
            this.json = json;
        }

        Optional<ProblemException> check(JavaType type, JsonNode value) {
            compare(type, value, "");
            List<FieldError> causes =
                    Stream.concat(mistaken.stream(), unknown.stream()).toList();
            if (causes.isEmpty()) return Optional.empty();
            return Optional.of(mistaken.isEmpty() ? ProblemException.invalid(causes) : misshapen(causes));
        }

        private static ProblemException misshapen(List<FieldError> causes) {
            return new ProblemException(
                    ProblemType.BAD_REQUEST,
                    ProblemType.BAD_REQUEST.headline,
                    "The JSON object is not of the expected form.",
                    causes,
                    Map.of());
        }

        /** @param path path of the value, as in {@code examples[2].input} */
        private void compare(JavaType type, JsonNode value, String path) {
            if (value.isNull()) return;
            if (type.getRawClass().isRecord()) {
                if (value.isObject()) compareFields(type, value, path);
                else mistaken.add(new FieldError(path, "This must be an object."));
            } else if (type.isCollectionLikeType()) {
                if (value.isArray()) compareItems(type.getContentType(), value, path);
                else mistaken.add(new FieldError(path, "This must be a list."));
            } else if (!canBe(type, value)) {
                mistaken.add(new FieldError(path, "This must be " + kind(type.getRawClass()) + "."));
            }
        }

        private void compareFields(JavaType type, JsonNode value, String path) {
            Map<String, BeanPropertyDefinition> known =
                    json.getDeserializationConfig().introspect(type).findProperties().stream()
                            .collect(Collectors.toMap(BeanPropertyDefinition::getName, property -> property));
            boolean takesAll = Stream.of(type.getRawClass().getRecordComponents())
                    .anyMatch(component -> component.getAccessor().isAnnotationPresent(JsonAnySetter.class));
            value.fields().forEachRemaining(field -> {
                String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                BeanPropertyDefinition property = known.get(field.getKey());
                if (property != null) compare(property.getPrimaryType(), field.getValue(), at);
                else if (!takesAll) unknown.add(new FieldError(at, "There is no such field."));
            });
        }

        private void compareItems(JavaType type, JsonNode list, String path) {
            for (int i = 0; i < list.size(); i++) compare(type, list.get(i), path + "[" + i + "]");
        }

        private boolean canBe(JavaType type, JsonNode value) {
            if (type.getRawClass() == String.class) return value.isTextual(); // Jackson would turn a number into text
            try {
                json.treeToValue(value, type);
                return true;
            } catch (JsonProcessingException e) {
                return false;
            }
        }

        private static String kind(Class<?> type) {
            if (type == String.class) return "a string";
            if (type == Boolean.class || type == boolean.class) return "true or false";
            if (Stream.of(int.class, long.class, Integer.class, Long.class).anyMatch(type::equals))
                return "a whole number";
            if (Number.class.isAssignableFrom(type)) return "a number";
            return "a value of another kind";
        }
    }
}

package io.lorahub.web;

import jakarta.ws.rs.QueryParam;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestQuery;

/** A parameter of a query that has to be more than a text. The framework answers 404 where it isn't, and names nothing. */
record QueryParameter(String name, Class<?> type) {

    static List<QueryParameter> of(Method method) {
        return Arrays.stream(method.getParameters())
                .flatMap(parameter -> name(parameter).stream()
                        .map(name -> new QueryParameter(name, element(parameter.getParameterizedType()))))
                .toList();
    }

    private static Optional<String> name(Parameter parameter) {
        RestQuery ours = parameter.getAnnotation(RestQuery.class);
        if (ours != null) return Optional.of(ours.value().isEmpty() ? parameter.getName() : ours.value());
        return Optional.ofNullable(parameter.getAnnotation(QueryParam.class)).map(QueryParam::value);
    }

    /** Of an optional or a list, what is in it. */
    private static Class<?> element(Type type) {
        Type inner = type instanceof ParameterizedType several ? several.getActualTypeArguments()[0] : type;
        return inner instanceof Class<?> plain ? plain : Object.class;
    }

    Optional<FieldError> fault(String value) {
        try {
            read(value);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(
                    new FieldError(name, isNumber() ? "This must be a whole number." : "This must be an id."));
        }
    }

    private void read(String value) {
        if (type == int.class || type == Integer.class) Integer.parseInt(value);
        if (type == long.class || type == Long.class) Long.parseLong(value);
        if (type == UUID.class) UUID.fromString(value);
    }

    private boolean isNumber() {
        return Stream.of(int.class, Integer.class, long.class, Long.class).anyMatch(type::equals);
    }
}

package io.lorahub.web.problem;

import io.lorahub.web.ApiPath;
import io.lorahub.web.FieldError;
import io.vertx.core.MultiMap;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestQuery;

/**
 * The methods, media types and parameters that the application's addresses accept, read from annotations, for error
 * answers.
 */
@ApplicationScoped
class Endpoints {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\s*\\w+\\s*(?::\\s*([^{}]+))?}");

    /** A dot outside of placeholders. */
    private static final Pattern DOT = Pattern.compile("\\.(?![^{}]*})");

    /**
     * @param template the path with {} for each placeholder
     * @param literals number of characters of the path outside placeholders: of two matching endpoints, the one with
     *     more applies
     */
    private record Endpoint(Class<?> type, Method method, String verb, String template, Pattern path, int literals) {

        static Stream<Endpoint> of(Class<?> type) {
            return Stream.<Class<?>>iterate(type, above -> above != null, Class::getSuperclass)
                    .flatMap(above -> Arrays.stream(above.getDeclaredMethods()))
                    .flatMap(method -> Arrays.stream(method.getAnnotations())
                            .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                            .filter(verb -> verb != null)
                            .map(verb -> of(type, method, verb.value())));
        }

        private static Endpoint of(Class<?> type, Method method, String verb) {
            Path below = method.getAnnotation(Path.class);
            String path =
                    bare("/" + type.getAnnotation(Path.class).value() + "/" + (below == null ? "" : below.value()));
            String pattern = PLACEHOLDER
                    .matcher(DOT.matcher(path).replaceAll("\\\\."))
                    .replaceAll(part ->
                            Matcher.quoteReplacement("(" + (part.group(1) == null ? "[^/]+" : part.group(1)) + ")"));
            int literals = PLACEHOLDER.matcher(path).replaceAll("").length();
            String template = PLACEHOLDER.matcher(path).replaceAll("{}");
            return new Endpoint(type, method, verb, template, Pattern.compile(pattern), literals);
        }

        /** Types given by the method's annotation, or else by its class; empty if neither has one. */
        <A extends Annotation> List<String> types(Class<A> annotationType, Function<A, String[]> value) {
            A annotation = Optional.ofNullable(method.getAnnotation(annotationType))
                    .orElseGet(() -> type.getAnnotation(annotationType));
            return annotation == null ? List.of() : List.of(value.apply(annotation));
        }

        /** Query parameters that cannot be parsed; the framework answers 404 for them without naming any. */
        Stream<FieldError> unreadable(MultiMap query) {
            return Arrays.stream(method.getParameters()).flatMap(parameter -> {
                String name = queryName(parameter);
                Class<?> valueType = element(parameter.getParameterizedType());
                if (name == null || query.getAll(name).stream().allMatch(value -> isReadable(valueType, value))) {
                    return Stream.empty();
                }
                return Stream.of(new FieldError(
                        name, valueType == UUID.class ? "This must be an id." : "This must be a whole number."));
            });
        }

        private static String queryName(Parameter parameter) {
            RestQuery ours = parameter.getAnnotation(RestQuery.class);
            if (ours != null) return ours.value().isEmpty() ? parameter.getName() : ours.value();
            QueryParam standard = parameter.getAnnotation(QueryParam.class);
            return standard == null ? null : standard.value();
        }

        /** Element type of an optional or a list. */
        private static Class<?> element(Type type) {
            Type inner = type instanceof ParameterizedType several ? several.getActualTypeArguments()[0] : type;
            return inner instanceof Class<?> plain ? plain : Object.class;
        }

        private static boolean isReadable(Class<?> type, String value) {
            try {
                if (type == UUID.class) UUID.fromString(value);
                if (type == int.class || type == Integer.class) Integer.parseInt(value);
                if (type == long.class || type == Long.class) Long.parseLong(value);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    private final List<Endpoint> all;

    Endpoints(BeanManager beans) {
        all = beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .<Class<?>>map(Bean::getBeanClass)
                .filter(type -> type.isAnnotationPresent(Path.class))
                .distinct()
                .flatMap(Endpoint::of)
                .toList();
    }

    /** Empty if the address does not exist. */
    SortedSet<String> methods(String path) {
        SortedSet<String> methods = new TreeSet<>();
        for (Endpoint endpoint : at(path)) methods.add(endpoint.verb());
        if (methods.contains("GET")) methods.add("HEAD");
        return methods;
    }

    /** Whether it is the address of an endpoint for programs, by a method or another. */
    boolean isOfPrograms(String path) {
        return at(path).stream().anyMatch(endpoint -> ApiPath.covers(endpoint.template()));
    }

    /** The nearest address above this one that can be read: the page that has a form whose address this is. */
    Optional<String> pageAbove(String path) {
        List<String> asked = List.of(bare(path).split("/"));
        return at(path).stream()
                .map(endpoint -> List.of(endpoint.template().split("/")))
                .filter(template -> template.size() == asked.size())
                .flatMap(template -> IntStream.iterate(asked.size() - 1, n -> n > 1, n -> n - 1)
                        .filter(n -> isReadable(String.join("/", template.subList(0, n))))
                        .mapToObj(n -> String.join("/", asked.subList(0, n))))
                .findFirst();
    }

    private boolean isReadable(String template) {
        return all.stream()
                .anyMatch(endpoint ->
                        endpoint.verb().equals("GET") && endpoint.template().equals(template));
    }

    /** Media types of the request body. */
    SortedSet<String> consumed(String method, String path) {
        return sorted(of(method, path).flatMap(endpoint -> endpoint.types(Consumes.class, Consumes::value).stream()));
    }

    /** Media types of the answer. */
    SortedSet<String> produced(String method, String path) {
        return sorted(of(method, path).flatMap(endpoint -> endpoint.types(Produces.class, Produces::value).stream()));
    }

    /** Query parameters that the address cannot parse. */
    List<FieldError> unreadable(String method, String path, MultiMap query) {
        return of(method, path)
                .flatMap(endpoint -> endpoint.unreadable(query))
                .distinct()
                .toList();
    }

    private static SortedSet<String> sorted(Stream<String> types) {
        return new TreeSet<>(types.toList());
    }

    private Stream<Endpoint> of(String method, String path) {
        String verb = method.equals("HEAD") ? "GET" : method;
        return at(path).stream().filter(endpoint -> endpoint.verb().equals(verb));
    }

    private List<Endpoint> at(String path) {
        String asked = bare(path);
        List<Endpoint> fitting = all.stream()
                .filter(endpoint -> endpoint.path().matcher(asked).matches())
                .toList();
        int most = fitting.stream().mapToInt(Endpoint::literals).max().orElse(0);
        return fitting.stream().filter(endpoint -> endpoint.literals() == most).toList();
    }

    /** Drops redundant slashes. */
    private static String bare(String path) {
        String single = path.replaceAll("/+", "/");
        return single.length() > 1 && single.endsWith("/") ? single.substring(0, single.length() - 1) : single;
    }
}

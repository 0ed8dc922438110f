package io.lorahub.web;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One method at one address, as the annotations of its class say.
 *
 * @param path     what its paths look like
 * @param literals how many characters of it are no placeholders: of two that fit, the one with more is meant
 * @param consumes media types of a body; empty if it takes any
 * @param produces media types of the answer; empty if that may be any
 * @param query    what it reads of a query
 */
record Endpoint(
        String method,
        Pattern path,
        int literals,
        List<String> consumes,
        List<String> produces,
        List<QueryParameter> query) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\s*\\w+\\s*(?::\\s*([^{}]+))?}");

    static Stream<Endpoint> of(Class<?> type) {
        return Stream.<Class<?>>iterate(type, above -> above != Object.class && above != null, Class::getSuperclass)
                .flatMap(above -> Arrays.stream(above.getDeclaredMethods()))
                .flatMap(method -> of(type, method));
    }

    private static Stream<Endpoint> of(Class<?> type, Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(verb -> verb != null)
                .map(verb -> of(verb.value(), type, method));
    }

    private static Endpoint of(String verb, Class<?> type, Method method) {
        String below = Optional.ofNullable(method.getAnnotation(Path.class))
                .map(Path::value)
                .orElse("");
        String template = bare("/" + type.getAnnotation(Path.class).value() + "/" + below);
        return new Endpoint(
                verb,
                pattern(template),
                PLACEHOLDER.matcher(template).replaceAll("").length(),
                either(type, method, Consumes.class)
                        .map(found -> List.of(found.value()))
                        .orElse(List.of()),
                either(type, method, Produces.class)
                        .map(found -> List.of(found.value()))
                        .orElse(List.of()),
                QueryParameter.of(method));
    }

    /** Without slashes that say nothing. */
    private static String bare(String path) {
        String single = path.replaceAll("/+", "/");
        return single.length() > 1 && single.endsWith("/") ? single.substring(0, single.length() - 1) : single;
    }

    private static Pattern pattern(String template) {
        StringBuilder pattern = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        int end = 0;
        for (; placeholder.find(); end = placeholder.end()) {
            pattern.append(Pattern.quote(template.substring(end, placeholder.start())))
                    .append('(')
                    .append(Optional.ofNullable(placeholder.group(1)).orElse("[^/]+"))
                    .append(')');
        }
        return Pattern.compile(
                pattern.append(Pattern.quote(template.substring(end))).toString());
    }

    private static <A extends Annotation> Optional<A> either(Class<?> type, Method method, Class<A> wanted) {
        return Optional.ofNullable(method.getAnnotation(wanted))
                .or(() -> Optional.ofNullable(type.getAnnotation(wanted)));
    }

    boolean isAt(String asked) {
        return path.matcher(bare(asked)).matches();
    }
}

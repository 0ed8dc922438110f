package io.lorahub.testsupport.routes;

import io.lorahub.testsupport.Checkout;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A page or an endpoint, as its class says.
 *
 * @param path with placeholders in braces, without their patterns
 * @param consumes the first media type of a body that it takes
 * @param handler of the class; null for what a framework brings
 */
public record Route(String method, String path, String consumes, Method handler) {

    private static final java.nio.file.Path CLASSES = Checkout.path("src/hub/target/classes");

    private static List<Route> all;

    /** All of the application, found in its compiled classes. */
    public static synchronized List<Route> all() {
        if (all == null) all = find();
        return all;
    }

    private static List<Route> find() {
        try (Stream<java.nio.file.Path> files = Files.walk(CLASSES.resolve("io/lorahub"))) {
            return files.filter(Route::isAnnotated)
                    .map(Route::load)
                    .filter(type -> type.isAnnotationPresent(Path.class))
                    .flatMap(type -> Arrays.stream(type.getDeclaredMethods()).flatMap(method -> of(type, method)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isOf(String otherMethod, String otherPath) {
        return method.equals(otherMethod) && path.equals(otherPath);
    }

    private static Stream<Route> of(Class<?> type, Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(annotation -> annotation.isAnnotationPresent(HttpMethod.class))
                .map(annotation -> annotation.getAnnotation(HttpMethod.class).value())
                .map(verb -> new Route(verb, path(type, method), consumes(type, method), method));
    }

    private static String path(Class<?> type, Method method) {
        String below = Optional.ofNullable(method.getAnnotation(Path.class))
                .map(Path::value)
                .orElse("");
        return ("/" + type.getAnnotation(Path.class).value() + "/" + below)
                .replaceAll("\\{(\\w+):[^{}]*}", "{$1}")
                .replaceAll("/+", "/")
                .replaceAll("(?<=.)/$", "");
    }

    private static String consumes(Class<?> type, Method method) {
        return Stream.of(method.getAnnotation(Consumes.class), type.getAnnotation(Consumes.class))
                .filter(annotation -> annotation != null)
                .flatMap(annotation -> Arrays.stream(annotation.value()))
                .findFirst()
                .orElseGet(() -> path(type, method).startsWith("/api/")
                        ? MediaType.APPLICATION_JSON
                        : MediaType.APPLICATION_FORM_URLENCODED);
    }

    /** Only what has the annotation is loaded, as other classes may start something. */
    private static boolean isAnnotated(java.nio.file.Path file) {
        if (!file.toString().endsWith(".class")) return false;
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains("Ljakarta/ws/rs/Path;");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(java.nio.file.Path file) {
        String name = CLASSES.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
        try {
            return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("The class %s is compiled and cannot be loaded.".formatted(name), e);
        }
    }
}

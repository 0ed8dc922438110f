package io.lorahub.web;

import io.vertx.core.MultiMap;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** What the addresses of the application take, for telling those who asked for something else. */
@ApplicationScoped
class Endpoints {

    private final List<Endpoint> all;

    Endpoints(BeanManager beans) {
        all = beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .<Class<?>>map(Bean::getBeanClass)
                .filter(type -> type.isAnnotationPresent(Path.class))
                .distinct()
                .flatMap(Endpoint::of)
                .toList();
    }

    /** Empty if there is no such address. */
    SortedSet<String> methods(String path) {
        SortedSet<String> methods = new TreeSet<>();
        for (Endpoint endpoint : at(path)) methods.add(endpoint.method());
        if (methods.contains("GET")) methods.add("HEAD");
        return methods;
    }

    /** Media types of a body. */
    SortedSet<String> consumed(String method, String path) {
        return types(method, path, Endpoint::consumes);
    }

    /** Media types of an answer. */
    SortedSet<String> produced(String method, String path) {
        return types(method.equals("HEAD") ? "GET" : method, path, Endpoint::produces);
    }

    /** What an address cannot read of a query. */
    List<FieldError> unreadable(String method, String path, MultiMap query) {
        return at(path).stream()
                .filter(endpoint -> endpoint.method().equals(method.equals("HEAD") ? "GET" : method))
                .flatMap(endpoint -> endpoint.query().stream())
                .flatMap(parameter ->
                        query.getAll(parameter.name()).stream().flatMap(value -> parameter.fault(value).stream()))
                .distinct()
                .toList();
    }

    private SortedSet<String> types(String method, String path, Function<Endpoint, List<String>> types) {
        return new TreeSet<>(at(path).stream()
                .filter(endpoint -> endpoint.method().equals(method))
                .map(types)
                .flatMap(Collection::stream)
                .toList());
    }

    private List<Endpoint> at(String path) {
        List<Endpoint> fitting =
                all.stream().filter(endpoint -> endpoint.isAt(path)).toList();
        int most = fitting.stream().mapToInt(Endpoint::literals).max().orElse(0);
        return fitting.stream().filter(endpoint -> endpoint.literals() == most).toList();
    }
}

package io.lorahub.web;

import io.lorahub.engine.learning.recipe.EngineVersion;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Named;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Request data shown in the frame around every page, as {@code inject:page} in templates. */
@Named("page")
@RequestScoped
public class PageFrame {

    private static final String VERSION = EngineVersion.current();

    private final CurrentVertxRequest current;
    private final Instance<NavCount> counts;
    private final Map<String, Long> counted = new HashMap<>();
    private Optional<String> toast;

    PageFrame(CurrentVertxRequest current, @Any Instance<NavCount> counts) {
        this.current = current;
        this.counts = counts;
    }

    /** One of the three theme choices. */
    public record Choice(String value, String label, boolean chosen) {}

    public String getTheme() {
        return theme().value();
    }

    public List<Choice> getThemes() {
        Theme chosen = theme();
        return Arrays.stream(Theme.values())
                .map(theme -> new Choice(theme.value(), theme.label(), theme == chosen))
                .toList();
    }

    /**
     * Path and query for returning to this page; the start page if the request cannot be repeated, such as the answer
     * to a form.
     */
    public String getAddress() {
        boolean again = request().method() == HttpMethod.GET || request().method() == HttpMethod.HEAD;
        return again ? LocalPath.orStart(request().uri()).text() : "/";
    }

    /** The address, encoded for use as a parameter of another address. */
    public String getNextParameter() {
        return URLEncoder.encode(getAddress(), StandardCharsets.UTF_8);
    }

    public String getPath() {
        return request().path();
    }

    /** Whether this page is at the path or below it. */
    public boolean at(String path) {
        return getPath().equals(path) || getPath().startsWith(path + "/");
    }

    /** Count of the {@link NavCount} with this name; 0 if no feature provides one. */
    public long count(String name) {
        return counted.computeIfAbsent(
                name,
                any -> counts.stream()
                        .filter(count -> count.name().equals(name))
                        .mapToLong(NavCount::count)
                        .sum());
    }

    /** A sentence about the action just completed, or null. */
    public String getToast() {
        return toast().filter(text -> !text.startsWith(Toast.WARNING)).orElse(null);
    }

    /** Why an action did not do what it should, or null. */
    public String getWarning() {
        return toast().filter(text -> text.startsWith(Toast.WARNING))
                .map(text -> text.substring(Toast.WARNING.length()))
                .orElse(null);
    }

    private Optional<String> toast() {
        if (toast == null) toast = Toast.take(current.getCurrent());
        return toast;
    }

    public String getVersion() {
        return VERSION;
    }

    private Theme theme() {
        return Theme.of(Theme.COOKIE.in(request()).orElse(null));
    }

    private HttpServerRequest request() {
        return current.getCurrent().request();
    }
}

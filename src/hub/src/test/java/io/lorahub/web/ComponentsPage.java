package io.lorahub.web;

import io.quarkus.qute.Engine;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** Every template tag on one page, for tests and for viewing. */
@Path("/test/components")
public class ComponentsPage {

    private final Engine engine;

    ComponentsPage(Engine engine) {
        this.engine = engine;
    }

    @GET
    @Produces(MediaType.TEXT_HTML)
    public TemplateInstance show() throws IOException {
        List<FieldError> causes = List.of(
                new FieldError("password", "The password has 3 characters; it needs at least 12."),
                new FieldError("licence", "The licence <b>WTF</b> is none of SPDX's."),
                new FieldError("The adapter lab-a/un exists; choose another name."));
        return engine.parse(read("/web/components.html"))
                .data("errors", FormErrors.of(causes))
                .data("now", Instant.now().minus(Duration.ofHours(3)))
                .data("nothing", null)
                .data("icons", icons());
    }

    static List<String> icons() throws IOException {
        return Pattern.compile("#case '(\\w+)'")
                .matcher(read("/templates/tags/icon.html"))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = ComponentsPage.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

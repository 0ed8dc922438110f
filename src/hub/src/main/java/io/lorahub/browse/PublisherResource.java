package io.lorahub.browse;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.Publisher;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.Facet;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A publisher in the API; its adapters are at {@code /api/v1/adapters?publisher=} its name. */
@Path("/api/v1/publishers/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Publishers")
public class PublisherResource {

    /**
     * @param url      path of its page on this site
     * @param about    Markdown
     * @param adapters number of publicly listed adapters
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record PublisherView(String url, String name, String title, String about, Instant createdAt, int adapters) {}

    private final AdapterSearch adapters;

    PublisherResource(AdapterSearch adapters) {
        this.adapters = adapters;
    }

    @GET
    @Operation(summary = "One publisher")
    public PublisherView get(String name) {
        Publisher publisher = Publisher.named(name).orElseThrow(() -> ProblemException.notFound("publisher"));
        return new PublisherView(
                "/" + publisher.name,
                publisher.name,
                publisher.title,
                publisher.about,
                publisher.createdAt,
                adapters.count(Facet.PUBLISHER, publisher.name));
    }
}

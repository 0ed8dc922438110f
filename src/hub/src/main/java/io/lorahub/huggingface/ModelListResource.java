package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists of adapters for clients of the Hugging Face Hub. */
@Path("/api/models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelListResource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_PAGE = 100;

    /** Of each model in a list; the model's own address has all. */
    private static final int LISTED_FILES = 100;

    /** Properties of a list item that need the repository's commits. */
    private static final Set<String> OF_COMMIT = Set.of("sha", "siblings", "lastModified", "usedStorage");

    private final ModelQueries queries;
    private final Repositories repositories;
    private final SiteAddress site;

    ModelListResource(ModelQueries queries, Repositories repositories, SiteAddress site) {
        this.queries = queries;
        this.repositories = repositories;
        this.site = site;
    }

    @GET
    @Operation(hidden = true)
    public Response list(
            @QueryParam("search") @DefaultValue("") String search,
            @QueryParam("author") @DefaultValue("") String author,
            @RestQuery List<String> filter,
            @QueryParam("pipeline_tag") String pipeline,
            @QueryParam("gated") @DefaultValue("false") String gated,
            @QueryParam("apps") String apps,
            @QueryParam("inference") String inference,
            @QueryParam("inference_provider") String provider,
            @QueryParam("num_parameters") String parameters,
            @QueryParam("sort") @DefaultValue("trendingScore") String sort,
            @QueryParam("direction") @DefaultValue("-1") String direction,
            @QueryParam("limit") @DefaultValue("100") int limit,
            @QueryParam("full") @DefaultValue("false") String full,
            @QueryParam("cardData") @DefaultValue("false") String cardData,
            @QueryParam("config") @DefaultValue("false") String config,
            @RestQuery List<String> expand,
            @QueryParam("cursor") @DefaultValue("") String cursor,
            @Context UriInfo uri) {
        expand.stream()
                .filter(name -> !RepositoryJson.isProperty(name))
                .findFirst()
                .ifPresent(name -> {
                    throw ProblemException.badRequest("A model has no property \"%s\" to expand.".formatted(name));
                });
        boolean unknown = Stream.of(apps, inference, provider, parameters).anyMatch(Objects::nonNull);
        if (unknown || isTrue(gated)) return Response.ok(JSON.createArrayNode()).build();
        int size = Math.max(1, Math.min(limit, LARGEST_PAGE));
        boolean whole = isTrue(full) || expand.stream().anyMatch(OF_COMMIT::contains);
        List<Adapter> rows = QuarkusTransaction.requiringNew()
                .call(() -> queries.find(search, author, filter, pipeline, sort, direction, cursor(cursor), size + 1));
        List<Adapter> page = rows.subList(0, Math.min(size, rows.size()));
        Map<Long, ModelFacts> facts =
                whole ? Map.of() : QuarkusTransaction.requiringNew().call(() -> ModelFacts.of(page));
        ArrayNode items = JSON.createArrayNode();
        for (Adapter adapter : page) {
            ObjectNode item = whole ? whole(adapter) : brief(adapter, facts.getOrDefault(adapter.id, ModelFacts.NONE));
            if (expand.isEmpty()) {
                if (!isTrue(cardData) && !isTrue(full)) item.remove("cardData");
                if (!isTrue(config)) item.remove("config");
            } else {
                item = RepositoryJson.only(item, expand);
            }
            items.add(item);
        }
        Response.ResponseBuilder answer = Response.ok((JsonNode) items);
        if (rows.size() > size) {
            URI next = uri.getRequestUriBuilder()
                    .replaceQueryParam("cursor", page.get(size - 1).id)
                    .build();
            answer.link(site.of(next.getRawPath() + "?" + next.getRawQuery()), "next");
        }
        return answer.build();
    }

    private static boolean isTrue(String value) {
        return value.equalsIgnoreCase("true") || value.equals("1");
    }

    private static Optional<Long> cursor(String text) {
        if (text.isEmpty()) return Optional.empty();
        if (!text.matches("\\d{1,18}")) throw ProblemException.badRequest("This cursor isn't from this hub.");
        return Optional.of(Long.valueOf(text));
    }

    private ObjectNode whole(Adapter adapter) {
        HubRepository repository = repositories.visible(adapter.address());
        ObjectNode model = RepositoryJson.model(repository, repository.head().orElse(null), false);
        ArrayNode siblings = model.withArray("siblings");
        while (siblings.size() > LISTED_FILES) siblings.remove(siblings.size() - 1);
        return model;
    }

    private static ObjectNode brief(Adapter adapter, ModelFacts facts) {
        HubRepository repository = new HubRepository(
                adapter.address(),
                adapter.visibility == Visibility.PRIVATE,
                adapter.isTakenDown(),
                false,
                adapter.createdAt,
                Optional.empty(),
                Optional.of(adapter),
                Optional.empty(),
                ModelCardText.metadata(adapter),
                ModelCardText.tags(adapter),
                facts,
                Optional.empty(),
                Map.of());
        ObjectNode json = RepositoryJson.model(repository, null, false);
        json.put("lastModified", RepositoryJson.time(adapter.updatedAt));
        json.put("trendingScore", adapter.trend);
        json.remove(List.of("siblings", "spaces", "disabled", "downloadsAllTime"));
        return json;
    }
}

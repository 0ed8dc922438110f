package io.lorahub.browse;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterView;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterRows;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseParameters;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.FacetCount;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists of adapters in the API, with the same parameters as the pages. */
@Path(AdapterListResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
public class AdapterListResource {

    static final String PATH = "/api/v1/adapters";

    private static final int MOST_VALUES = 100;

    /**
     * @param total   number of adapters in the whole list
     * @param items   those of this page
     * @param facets  number of adapters for each value, by facet; only if requested
     * @param atLeast {@code total} and the facets whose numbers are lower bounds; only if there are any
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @JsonNaming(SnakeCaseStrategy.class)
    public record AdapterList(
            int total,
            @JsonInclude List<AdapterView> items,
            @JsonInclude(JsonInclude.Include.NON_NULL) Map<String, List<FacetCount>> facets,
            List<String> atLeast) {}

    private final AdapterSearch adapters;
    private final AdapterRows rows;
    private final Viewer viewer;
    private final SiteAddress site;

    AdapterListResource(AdapterSearch adapters, AdapterRows rows, Viewer viewer, SiteAddress site) {
        this.adapters = adapters;
        this.rows = rows;
        this.viewer = viewer;
        this.site = site;
    }

    /** The method's parameters only describe the query for OpenAPI; the query is read from the address as a whole. */
    @GET
    @Operation(
            summary = "Find adapters",
            description =
                    "The header Link leads to the next and the previous page (RFC 8288). With sha256: adapters that"
                            + " have this file in any version. Facet values are matched case-insensitively. Unknown"
                            + " parameters are rejected. Of a list that several facets or a text narrow, up to 1,000"
                            + " adapters are counted; at_least names the numbers that are lower bounds.")
    @APIResponseSchema(AdapterList.class)
    public Response list(
            @Parameter(description = "Words, \"phrases\", -without; or the address of an adapter, publisher/name")
                    @RestQuery
                    Optional<String> q,
            @Parameter(description = "Base models, any of them") @RestQuery List<String> base,
            @Parameter(description = "Families of base models, as model_type in config.json; any of them") @RestQuery
                    List<String> family,
            @Parameter(
                            description =
                                    "Sizes of base models, any of them: under 300M, 300M-1B, 1-2B, 2-5B, 5-10B, over 10B"
                                            + " (numbers of parameters). Adapters for base models that the hub doesn't know have neither"
                                            + " family nor size.")
                    @RestQuery
                    List<String> size,
            @Parameter(description = "Tasks, any of them") @RestQuery List<String> tag,
            @Parameter(description = "SPDX identifiers, any of them") @RestQuery List<String> licence,
            @Parameter(description = "Ranks, any of them") @RestQuery List<String> rank,
            @Parameter(description = "Target modules such as q, any of them") @RestQuery List<String> module,
            @Parameter(description = "Publishers, any of them") @RestQuery List<String> publisher,
            @Parameter(description = "BCP 47 tags, any of them") @RestQuery List<String> language,
            @Parameter(description = "relevance, trending, downloads, likes or newest") @RestQuery
                    Optional<String> sort,
            @Parameter(description = "1 to 100; 24 if not given") @RestQuery Optional<String> limit,
            @Parameter(description = "A cursor, as given in the Link header") @RestQuery Optional<String> after,
            @Parameter(description = "A cursor, as given in the Link header") @RestQuery Optional<String> before,
            @Parameter(description = "The SHA-256 of a file") @RestQuery Optional<String> sha256,
            @Parameter(description = "Values of each facet to count, up to 100; none if not given") @RestQuery
                    Optional<String> facets,
            @Context UriInfo uri) {
        BrowseParameters parameters = new BrowseParameters(uri.getQueryParameters());
        List<FieldError> causes = new ArrayList<>(parameters.unknown(Set.of("facets")));
        int values = values(facets, causes);
        Optional<String> hash = parameters.sha256();
        BrowseQuery query = adapters.spelled(parameters.query());
        causes.addAll(parameters.causes());
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        if (hash.isPresent()) return Response.ok(holding(hash.get())).build();
        BrowseResult result = adapters.find(query, values);
        Response.ResponseBuilder answer = Response.ok(new AdapterList(
                result.total(),
                result.rows().stream().map(AdapterRow::view).toList(),
                values == 0 ? null : facets(result),
                atLeast(result)));
        result.next().ifPresent(place -> answer.link(address(query.after(place), values), "next"));
        result.previous().ifPresent(place -> answer.link(address(query.before(place), values), "prev"));
        return answer.build();
    }

    private AdapterList holding(String sha256) {
        List<Long> own = viewer.person()
                .map(person -> Publisher.of(person).stream().map(one -> one.id).toList())
                .orElse(List.of());
        List<AdapterView> views =
                rows.holding(sha256, own).stream().map(AdapterRow::view).toList();
        return new AdapterList(views.size(), views, null, List.of());
    }

    private URI address(BrowseQuery query, int values) {
        String path = query.address(PATH);
        return URI.create(site.of(values == 0 ? path : path + "&facets=" + values));
    }

    private static int values(Optional<String> facets, List<FieldError> causes) {
        if (facets.isEmpty() || facets.get().isEmpty()) return 0;
        if (facets.get().matches("\\d{1,3}") && Integer.parseInt(facets.get()) <= MOST_VALUES) {
            return Integer.parseInt(facets.get());
        }
        causes.add(new FieldError("facets", "Say how many values of each facet you want, 0 to " + MOST_VALUES + "."));
        return 0;
    }

    private static Map<String, List<FacetCount>> facets(BrowseResult result) {
        Map<String, List<FacetCount>> facets = new LinkedHashMap<>();
        result.counts().forEach((facet, counts) -> facets.put(facet.parameter(), counts));
        return facets;
    }

    private static List<String> atLeast(BrowseResult result) {
        List<String> names = new ArrayList<>();
        if (result.more()) names.add("total");
        result.bounded().forEach(facet -> names.add(facet.parameter()));
        return names;
    }
}

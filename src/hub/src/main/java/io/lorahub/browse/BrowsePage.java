package io.lorahub.browse;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterRows;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseParameters;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.Suggestions;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** Lists all adapters, with search, facets and sort orders. */
@Path(BrowsePage.PATH)
@Produces(MediaType.TEXT_HTML)
public class BrowsePage {

    public static final String PATH = "/adapters";

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(BrowseView view);

        static native TemplateInstance file(String sha256, List<AdapterRow> rows);
    }

    private final AdapterSearch adapters;
    private final AdapterRows rows;
    private final Suggestions suggestions;
    private final Viewer viewer;

    BrowsePage(AdapterSearch adapters, AdapterRows rows, Suggestions suggestions, Viewer viewer) {
        this.adapters = adapters;
        this.rows = rows;
        this.suggestions = suggestions;
        this.viewer = viewer;
    }

    /** @param more facet of which to show all values */
    @GET
    @Operation(hidden = true)
    public TemplateInstance show(@RestQuery Optional<String> more, @Context UriInfo uri) {
        BrowseParameters parameters = new BrowseParameters(uri.getQueryParameters());
        Optional<String> sha256 = parameters.sha256();
        if (sha256.isPresent()) return Templates.file(sha256.get(), rows.holding(sha256.get(), own()));
        BrowseQuery query = adapters.spelled(parameters.query());
        Optional<Facet> opened = more.flatMap(Facet::of);
        int values = opened.isPresent() ? FacetView.OPENED : FacetView.SHOWN;
        BrowseResult result = adapters.find(query, values + 1);
        List<String> others = result.total() == 0 && !query.text().isEmpty() ? suggestions.of(query.text()) : List.of();
        return Templates.show(BrowseView.of(query, result, opened, others, parameters.causes()));
    }

    /** Publishers whose hidden adapters the viewer can find too. */
    private List<Long> own() {
        return viewer.person()
                .map(person -> Publisher.of(person).stream()
                        .map(publisher -> publisher.id)
                        .toList())
                .orElse(List.of());
    }
}

package io.lorahub.browse;

import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseParameters;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.Sort;
import io.lorahub.web.EntityTags;
import io.lorahub.web.SiteAddress;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** New adapters as an Atom feed, filtered by the same parameters as a list. */
@Path(AdapterFeed.PATH)
@Produces(MediaType.APPLICATION_ATOM_XML)
public class AdapterFeed {

    static final String PATH = "/adapters.atom";

    private static final int ENTRIES = 50;

    /** Seconds; feed readers poll often. */
    private static final int FRESH = 300;

    private final AdapterSearch catalogue;
    private final SiteAddress site;

    AdapterFeed(AdapterSearch catalogue, SiteAddress site) {
        this.catalogue = catalogue;
        this.site = site;
    }

    @GET
    @Operation(hidden = true)
    public Response feed(@Context UriInfo uri, @Context HttpServerRequest request) {
        BrowseQuery asked = new BrowseParameters(uri.getQueryParameters()).query();
        BrowseQuery query = new BrowseQuery(
                asked.text(), asked.chosen(), Optional.of(Sort.NEWEST), Optional.empty(), false, ENTRIES);
        List<AdapterRow> rows = catalogue.find(query, 0).rows();
        EntityTag tag = new EntityTag(Integer.toHexString(rows.hashCode()), true);
        CacheControl cache = new CacheControl();
        cache.setMaxAge(FRESH);
        // The feed contains the address by which this reader reached the hub, unless a public one is set.
        cache.setPrivate(!site.isFixed());
        Response.ResponseBuilder answer = EntityTags.isKnown(request, tag)
                ? Response.notModified()
                : Response.ok(new AtomDocument(site, title(query), asked).of(rows));
        return answer.tag(tag).cacheControl(cache).build();
    }

    private static String title(BrowseQuery query) {
        StringBuilder title = new StringBuilder("New adapters");
        if (!query.text().isEmpty()) title.append(" for “").append(query.text()).append('”');
        query.chosen()
                .forEach((facet, values) -> title.append(", ")
                        .append(facet.label().toLowerCase(java.util.Locale.ROOT))
                        .append(' ')
                        .append(String.join(" or ", values)));
        return title.append(" on LoraHub").toString();
    }
}

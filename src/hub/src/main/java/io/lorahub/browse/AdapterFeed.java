package io.lorahub.browse;

import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseParameters;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.Sort;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.EntityTags;
import io.lorahub.web.SiteAddress;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** New adapters as an Atom feed, filtered by the same parameters as a list. */
@Path(AdapterFeed.PATH)
@Produces(MediaType.APPLICATION_ATOM_XML)
public class AdapterFeed {

    static final String PATH = "/adapters.atom";

    private static final int ENTRIES = 50;

    /** Feed readers poll often. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private final AdapterSearch adapters;
    private final SiteAddress site;

    AdapterFeed(AdapterSearch adapters, SiteAddress site) {
        this.adapters = adapters;
        this.site = site;
    }

    @GET
    @Operation(hidden = true)
    public Response feed(@Context UriInfo uri, @Context HttpServerRequest request) {
        BrowseQuery asked = new BrowseParameters(uri.getQueryParameters()).query();
        BrowseQuery query = new BrowseQuery(
                asked.text(), asked.chosen(), Optional.of(Sort.NEWEST), Optional.empty(), false, ENTRIES);
        List<AdapterRow> rows = adapters.find(query, 0).rows();
        // It contains the address by which this reader reached the hub, unless a public one is set.
        String feed = new AtomDocument(site, title(query), asked).of(rows);
        return EntityTags.answer(request, new EntityTag(Integer.toHexString(feed.hashCode()), true), () -> feed)
                .cacheControl(CachePolicy.fresh(FRESH, site.isFixed()))
                .build();
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

    /** Adapters as an Atom document (RFC 4287). */
    private static final class AtomDocument {

        private static final String NAMESPACE = "http://www.w3.org/2005/Atom";

        /** Characters that XML 1.0 cannot contain, not even escaped. */
        private static final Pattern FORBIDDEN =
                Pattern.compile("[^\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

        private final SiteAddress site;
        private final String title;
        private final BrowseQuery query;

        AtomDocument(SiteAddress site, String title, BrowseQuery query) {
            this.site = site;
            this.title = title;
            this.query = query;
        }

        String of(List<AdapterRow> rows) {
            StringWriter text = new StringWriter();
            try {
                XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
                xml.writeStartDocument("UTF-8", "1.0");
                xml.writeStartElement("feed");
                xml.writeDefaultNamespace(NAMESPACE);
                element(xml, "title", title);
                element(xml, "id", site.of(query.address(AdapterFeed.PATH)));
                link(xml, "self", query.address(AdapterFeed.PATH));
                link(xml, "alternate", query.address(BrowsePage.PATH));
                element(xml, "updated", updated(rows));
                for (AdapterRow row : rows) entry(xml, row);
                xml.writeEndElement();
                xml.writeEndDocument();
                xml.close();
            } catch (XMLStreamException e) {
                throw new IllegalStateException("The feed cannot be written.", e);
            }
            return text.toString();
        }

        private static String updated(List<AdapterRow> rows) {
            return time(rows.stream()
                    .map(row -> row.updatedAt)
                    .max(Instant::compareTo)
                    .orElse(Instant.EPOCH));
        }

        private void entry(XMLStreamWriter xml, AdapterRow row) throws XMLStreamException {
            xml.writeStartElement("entry");
            element(xml, "title", row.address() + ": " + row.title);
            element(xml, "id", site.of("/" + row.address()));
            link(xml, "alternate", "/" + row.address());
            element(xml, "published", time(row.listedAt == null ? row.createdAt : row.listedAt));
            element(xml, "updated", time(row.updatedAt));
            xml.writeStartElement("author");
            element(xml, "name", row.publisher);
            element(xml, "uri", site.of("/" + row.publisher));
            xml.writeEndElement();
            for (String tag : row.tags) {
                xml.writeEmptyElement("category");
                xml.writeAttribute("term", clean(tag));
            }
            element(xml, "summary", summary(row));
            xml.writeEndElement();
        }

        private static String summary(AdapterRow row) {
            String example =
                    row.hasExample() ? " Example: %s → %s.".formatted(row.briefInput(), row.briefOutput()) : "";
            return "%s%s For %s, rank %d, %s."
                    .formatted(row.summary, example, row.baseModel, row.rank, row.licence)
                    .strip();
        }

        private void link(XMLStreamWriter xml, String relation, String path) throws XMLStreamException {
            xml.writeEmptyElement("link");
            xml.writeAttribute("rel", relation);
            xml.writeAttribute("href", site.of(path));
        }

        private static void element(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
            xml.writeStartElement(name);
            xml.writeCharacters(clean(text));
            xml.writeEndElement();
        }

        private static String clean(String text) {
            return FORBIDDEN.matcher(text).replaceAll("");
        }

        private static String time(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }
}

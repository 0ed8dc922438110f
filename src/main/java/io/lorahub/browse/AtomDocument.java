package io.lorahub.browse;

import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.web.SiteAddress;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Adapters as an Atom document (RFC 4287). */
final class AtomDocument {

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
        return time(
                rows.stream().map(AdapterRow::updatedAt).max(Instant::compareTo).orElse(Instant.EPOCH));
    }

    private void entry(XMLStreamWriter xml, AdapterRow row) throws XMLStreamException {
        xml.writeStartElement("entry");
        element(xml, "title", row.address() + ": " + row.title());
        element(xml, "id", site.of("/" + row.address()));
        link(xml, "alternate", "/" + row.address());
        element(xml, "published", time(row.listedAt() == null ? row.createdAt() : row.listedAt()));
        element(xml, "updated", time(row.updatedAt()));
        xml.writeStartElement("author");
        element(xml, "name", row.publisher());
        element(xml, "uri", site.of("/" + row.publisher()));
        xml.writeEndElement();
        for (String tag : row.tags()) {
            xml.writeEmptyElement("category");
            xml.writeAttribute("term", clean(tag));
        }
        element(xml, "summary", summary(row));
        xml.writeEndElement();
    }

    private static String summary(AdapterRow row) {
        String example = row.hasExample() ? " Example: %s → %s.".formatted(row.briefInput(), row.briefOutput()) : "";
        return "%s%s For %s, rank %d, %s."
                .formatted(row.summary(), example, row.baseModel(), row.rank(), row.licence())
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

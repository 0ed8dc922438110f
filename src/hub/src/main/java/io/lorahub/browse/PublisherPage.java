package io.lorahub.browse;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterRows;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.Facet;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A publisher with its adapters, and its repositories without one. Addresses of pages are reserved names, so they never mean a publisher. */
@Path("/{publisher:[A-Za-z0-9][A-Za-z0-9-]*}")
@Produces(MediaType.TEXT_HTML)
public class PublisherPage {

    /**
     * Data for the page of a publisher.
     *
     * @param own    whether the viewer is a member of it
     * @param list   address of the list of all its adapters
     * @param listed first page of that list
     * @param hidden adapters that only members and moderators see
     * @param repositories without an adapter, as far as the viewer finds them here
     */
    record Model(
            Publisher publisher,
            boolean own,
            String list,
            BrowseResult listed,
            List<AdapterRow> hidden,
            List<Repository> repositories) {

        public String title() {
            return publisher.title.isEmpty() ? publisher.name : publisher.title;
        }

        public boolean isTitled() {
            return !publisher.title.isEmpty() && !publisher.title.equals(publisher.name);
        }

        public int total() {
            return listed.total();
        }

        public List<AdapterRow> rows() {
            return listed.rows();
        }

        public boolean isMore() {
            return listed.next().isPresent();
        }

        public boolean isBare() {
            return rows().isEmpty() && hidden.isEmpty() && repositories.isEmpty();
        }

        public String feed() {
            return BrowseQuery.ALL.toggled(Facet.PUBLISHER, publisher.name).address(AdapterFeed.PATH);
        }

        /** One line, for previews on other sites. */
        public String about() {
            String text = publisher.about.replaceAll("\\s+", " ").strip();
            if (text.isEmpty()) return "Adapters of " + title() + " on LoraHub.";
            return text.length() <= 200 ? text : text.substring(0, 199).strip() + "…";
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Model model);
    }

    private final AdapterSearch adapters;
    private final AdapterRows rows;
    private final AdapterRights rights;
    private final Viewer viewer;

    PublisherPage(AdapterSearch adapters, AdapterRows rows, AdapterRights rights, Viewer viewer) {
        this.adapters = adapters;
        this.rows = rows;
        this.rights = rights;
        this.viewer = viewer;
    }

    @GET
    @Operation(hidden = true)
    public Response show(String publisher) {
        Publisher owner = Publisher.named(publisher).orElseThrow(() -> ProblemException.notFound("publisher"));
        if (!owner.name.equals(publisher)) return moved("/" + owner.name);
        boolean own = rights.mayPublishAs(owner);
        BrowseQuery query = BrowseQuery.ALL.toggled(Facet.PUBLISHER, owner.name);
        return Response.ok(Templates.show(new Model(
                        owner,
                        own,
                        query.address(BrowsePage.PATH),
                        adapters.find(query, 0),
                        hidden(owner, own),
                        repositories(owner, own))))
                .build();
    }

    private static Response moved(String path) {
        return Response.status(Response.Status.MOVED_PERMANENTLY)
                .location(URI.create(path))
                .build();
    }

    /**
     * Adapters that are not in the public lists, as far as the viewer can see them. Moderators see formerly public
     * ones; an unlisted adapter is only for people who have its address.
     */
    private List<AdapterRow> hidden(Publisher publisher, boolean own) {
        if (!own && !viewer.isModerator()) return List.of();
        return rows.hiddenOf(publisher.id).stream()
                .filter(row -> own || viewer.isAdmin() || row.isPublic())
                .toList();
    }

    /** By the same rules as adapters. */
    private List<Repository> repositories(Publisher publisher, boolean own) {
        return Repository.withoutAdapter(publisher).stream()
                .filter(repository -> own
                        || viewer.isAdmin()
                        || repository.isListed()
                        || viewer.isModerator() && repository.visibility == Visibility.PUBLIC)
                .toList();
    }
}

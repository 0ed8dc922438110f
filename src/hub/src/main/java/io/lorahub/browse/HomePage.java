package io.lorahub.browse;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.Sort;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoHubLoader;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Introduces LoraHub and shows its adapters. */
@Path("/")
@Produces(MediaType.TEXT_HTML)
public class HomePage {

    private static final int SHOWN = 6;
    private static final int TASKS = 16;

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(Home home);
    }

    /**
     * @param demo     whether the prepared task can be tried, because its base model and adapters are available here
     * @param pending  whether the demo is about to appear: pages are served while a new hub still publishes it
     * @param trending empty if it would equal the newest
     */
    record Home(
            boolean demo,
            boolean pending,
            Counts counts,
            List<AdapterRow> trending,
            List<AdapterRow> newest,
            List<BrowseView.Link> tasks) {

        /** Name of the demo's base model. */
        public String base() {
            return DemoHub.BASE_MODEL;
        }

        record Counts(int adapters, int publishers, int models) {}
    }

    private final AdapterSearch adapters;
    private final DemoHubLoader loader;

    HomePage(AdapterSearch adapters, DemoHubLoader loader) {
        this.adapters = adapters;
        this.loader = loader;
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance show() {
        boolean loading = loader.isPending(); // asked first: nobody would await a demo that is published in between
        List<AdapterRow> newest = adapters.find(
                        BrowseQuery.ALL.sortedBy(Sort.NEWEST).withLimit(SHOWN), 0)
                .rows();
        BrowseResult trending = adapters.find(BrowseQuery.ALL.withLimit(SHOWN), 0);
        List<BrowseView.Link> tasks = adapters.counts(Facet.TAG, TASKS).stream()
                .map(count -> new BrowseView.Link(
                        count.value(),
                        BrowseQuery.ALL.toggled(Facet.TAG, count.value()).address(BrowsePage.PATH)))
                .toList();
        boolean published = BaseModelRecord.named(DemoHub.BASE_MODEL).isPresent();
        boolean demo = published && adapters.count(Facet.BASE, DemoHub.BASE_MODEL) > 1;
        return Templates.show(new Home(
                demo,
                !demo && loading,
                new Home.Counts(trending.total(), adapters.values(Facet.PUBLISHER), adapters.values(Facet.BASE)),
                beside(newest, trending.rows()),
                newest,
                tasks));
    }

    /** On a hub without activity, the trending adapters are the newest, and showing them once is enough. */
    public static List<AdapterRow> beside(List<AdapterRow> newest, List<AdapterRow> trending) {
        return ids(newest).equals(ids(trending)) ? List.of() : trending;
    }

    private static Set<Long> ids(List<AdapterRow> rows) {
        return rows.stream().map(row -> row.id).collect(Collectors.toSet());
    }
}

package io.lorahub.adapter.page;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.VersionView;
import io.lorahub.adapter.lineage.Lineage;
import io.lorahub.adapter.lineage.LineageDrawing;
import io.lorahub.adapter.lineage.Lineages;
import io.lorahub.adapter.lineage.RelatedAdapters;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.lorahub.web.budget.RequestBudgets;
import io.lorahub.web.chart.SharePicture;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** The page of an adapter, or of a repository without one. */
@Path("/{publisher}/{name}")
@Produces(MediaType.TEXT_HTML)
public class AdapterPage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(AdapterPageModel model);

        static native TemplateInstance repository(RepositoryPageModel model);
    }

    private final Adapters adapters;
    private final Likes likes;
    private final AdapterRights rights;
    private final Lineages lineages;
    private final RelatedAdapters related;
    private final Viewer viewer;
    private final SiteAddress site;
    private final RequestBudgets budgets;

    AdapterPage(
            Adapters adapters,
            Likes likes,
            AdapterRights rights,
            Lineages lineages,
            RelatedAdapters related,
            Viewer viewer,
            SiteAddress site,
            RequestBudgets budgets) {
        this.adapters = adapters;
        this.likes = likes;
        this.rights = rights;
        this.lineages = lineages;
        this.related = related;
        this.viewer = viewer;
        this.site = site;
        this.budgets = budgets;
    }

    @GET
    @Transactional
    @Operation(hidden = true)
    public Response show(
            String publisher,
            String name,
            @RestQuery Optional<String> version,
            @RestQuery Optional<String> compare,
            @Context UriInfo uri) {
        ModeratedEntity moderated = adapters.visibleModerated(publisher, name);
        if (!moderated.address().equals(publisher + "/" + name)) {
            return moved(moderated.page(), uri.getRequestUri().getRawQuery());
        }
        TemplateInstance page = moderated instanceof Adapter adapter
                ? Templates.show(model(adapter, filled(version), filled(compare)))
                : Templates.repository(
                        RepositoryPageModel.of((Repository) moderated, rightsTo(moderated), site.of(moderated.page())));
        return Response.ok(page).build();
    }

    /** Names are lower case; any other spelling redirects to the canonical address. */
    private static Response moved(String path, String query) {
        return Response.status(Response.Status.MOVED_PERMANENTLY)
                .location(URI.create(query == null ? path : path + "?" + query))
                .build();
    }

    /**
     * @param like whether the viewer likes it from now on; the page's button sends the opposite of the current state
     */
    @POST
    @Path("/like")
    @Operation(hidden = true)
    public Response like(String publisher, String name, @FormParam("like") boolean like) {
        Adapter adapter = adapters.visible(publisher, name);
        Long person = viewer.require().id;
        if (like) {
            likes.like(person, adapter);
        } else {
            likes.unlike(person, adapter);
        }
        return Response.seeOther(new LocalPath("/" + adapter.address()).uri()).build();
    }

    /** The picture that other sites show beside a link to the adapter. */
    @GET
    @Path("/picture.png")
    @Produces("image/png")
    @Operation(hidden = true)
    public byte[] picture(String publisher, String name) {
        SharePicture picture =
                QuarkusTransaction.joiningExisting().call(() -> picture(adapters.visible(publisher, name)));
        return budgets.current().compute(picture::png);
    }

    private static SharePicture picture(Adapter adapter) {
        String figures = "%s · rank %s · %s".formatted(adapter.baseModel, adapter.rank, adapter.licence);
        return new SharePicture(adapter.address(), adapter.title, adapter.exampleInput, adapter.exampleOutput, figures);
    }

    private static Optional<String> filled(Optional<String> parameter) {
        return parameter.filter(text -> !text.isEmpty());
    }

    /**
     * @param label of the version to show; empty for the newest
     * @param before label of the version to compare it with; empty for the previous one
     * @throws ProblemException not found, if the adapter has no such version
     */
    private AdapterPageModel model(Adapter adapter, Optional<String> label, Optional<String> before) {
        List<AdapterVersion> versions = AdapterVersion.of(adapter);
        AdapterVersion version = label.map(l -> version(versions, adapter, l)).orElseGet(() -> versions.get(0));
        Optional<AdapterVersion> older = before.map(l -> version(versions, adapter, l))
                .or(() ->
                        versions.stream().filter(v -> v.number < version.number).findFirst());
        Map<String, Long> sizes =
                adapters.sizes(older.map(o -> List.of(version, o)).orElseGet(() -> List.of(version)));
        AdapterFacts facts = new AdapterFacts(version.facts);
        Lineage lineage = lineages.of(version);
        Optional<BaseModelRecord> base = BaseModelRecord.named(adapter.baseModel);
        AdapterPageModel model = new AdapterPageModel();
        model.adapter = adapter;
        model.description = Descriptions.html(adapter);
        model.version = version;
        model.versions = versions;
        model.files = VersionView.files(version, sizes);
        model.facts = facts;
        model.norms = NormChart.of(facts.layers());
        model.downloads = DownloadChart.of(adapter);
        model.changes = older.filter(o -> o != version)
                .map(o -> VersionDifference.of(o, version, sizes))
                .orElse(null);
        model.lineage = lineage;
        model.drawing = lineage.isEmpty() ? null : LineageDrawing.of(version, lineage);
        model.twins = related.twins(version);
        model.alike = related.alike(adapter);
        model.snippets = Snippets.of(version, site.origin(), base.map(b -> b.modelType));
        model.rights = rightsTo(adapter);
        model.composable = base.isPresent();
        model.address = site.of("/" + adapter.address());
        return model;
    }

    private static AdapterVersion version(List<AdapterVersion> versions, Adapter adapter, String label) {
        return versions.stream()
                .filter(v -> v.label.equals(label))
                .findFirst()
                .orElseThrow(() -> Adapters.noVersion(adapter, label));
    }

    private AdapterPageModel.ViewerRights rightsTo(ModeratedEntity moderated) {
        return new AdapterPageModel.ViewerRights(
                rights.mayEdit(moderated),
                rights.mayDelete(moderated),
                rights.mayModerate(moderated),
                adapters.mayKnowReason(moderated),
                moderated instanceof Adapter adapter
                        && viewer.id().map(id -> likes.likes(id, adapter)).orElse(false));
    }
}

package io.lorahub.basemodel.page;

import io.lorahub.account.Viewer;
import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.browse.BrowsePage;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Lists the base models that LoraHub can run here, and others that have adapters. */
@Path(BaseModelsPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class BaseModelsPage {

    static final String PATH = "/base-models";

    private static final int MOST_OTHERS = 200;

    /**
     * A base model on pages.
     *
     * @param entry empty if the model is not registered here, so that nothing can be composed on it
     * @param registration its check, or why it was refused; empty for those who don't administer the hub
     * @param adapters number of adapters that everybody can find
     */
    record Card(
            String name, Optional<BaseModelRecord> entry, Optional<BaseModelRegistration> registration, int adapters) {

        /** For templates: null if the model is not registered. */
        public BaseModelRecord model() {
            return entry.orElse(null);
        }

        /** For templates: null if there is none, or the model is registered. */
        public BaseModelRegistration check() {
            return entry.isPresent() ? null : registration.orElse(null);
        }

        public String path() {
            return BaseModelsPage.path(name);
        }

        public String list() {
            return BrowseQuery.ALL.toggled(Facet.BASE, name).address(BrowsePage.PATH);
        }
    }

    static String path(String model) {
        return PATH + "/"
                + Arrays.stream(model.split("/"))
                        .map(part ->
                                URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                        .collect(Collectors.joining("/"));
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance all(List<Card> registered, List<Card> others);

        static native TemplateInstance one(Card page, BrowseResult result, boolean downloads);
    }

    private final BaseModels models;
    private final BaseModelConfig config;
    private final AdapterSearch adapters;
    private final Viewer viewer;

    BaseModelsPage(BaseModels models, BaseModelConfig config, AdapterSearch adapters, Viewer viewer) {
        this.models = models;
        this.config = config;
        this.adapters = adapters;
        this.viewer = viewer;
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance all() {
        List<Card> registered = new ArrayList<>();
        for (BaseModelRecord model : models.all()) {
            registered.add(
                    new Card(model.name, Optional.of(model), Optional.empty(), adapters.count(Facet.BASE, model.name)));
        }
        Set<String> names = registered.stream().map(Card::name).collect(Collectors.toSet());
        List<Card> others = adapters.counts(Facet.BASE, MOST_OTHERS).stream()
                .filter(count -> !names.contains(count.value()))
                .map(count -> new Card(count.value(), Optional.empty(), Optional.empty(), count.count()))
                .toList();
        return Templates.all(registered, others);
    }

    @GET
    @Path("/{model:.+}")
    @Operation(hidden = true)
    public TemplateInstance one(String model) {
        Optional<BaseModelRecord> entry = BaseModelRecord.named(model);
        BrowseResult result =
                adapters.find(BrowseQuery.ALL.toggled(Facet.BASE, model).withLimit(12), 0);
        Optional<BaseModelRegistration> registration =
                viewer.isAdmin() ? BaseModelRegistration.named(model) : Optional.empty();
        if (entry.isEmpty() && registration.isEmpty() && result.total() == 0)
            throw ProblemException.notFound("base model");
        return Templates.one(new Card(model, entry, registration, result.total()), result, config.downloads());
    }
}

package io.lorahub.browse;

import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.basemodel.BaseModelEntry;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Base models: those that LoraHub can run here, and others for which there are adapters. */
@Path(BaseModelsPage.PATH)
@Produces(MediaType.TEXT_HTML)
public class BaseModelsPage {

    static final String PATH = "/base-models";

    private static final int MOST_OTHERS = 200;

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance all(List<BaseModelSheet> registered, List<BaseModelSheet> others);

        static native TemplateInstance one(BaseModelSheet sheet, BrowseResult result, boolean downloads);
    }

    private final BaseModels models;
    private final BaseModelConfig config;
    private final Catalogue catalogue;

    BaseModelsPage(BaseModels models, BaseModelConfig config, Catalogue catalogue) {
        this.models = models;
        this.config = config;
        this.catalogue = catalogue;
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance all() {
        List<BaseModelSheet> registered = new ArrayList<>();
        for (BaseModelEntry model : models.all()) {
            registered.add(new BaseModelSheet(model.name, Optional.of(model), catalogue.count(Facet.BASE, model.name)));
        }
        Set<String> names = registered.stream().map(BaseModelSheet::name).collect(Collectors.toSet());
        List<BaseModelSheet> others = catalogue.counts(Facet.BASE, MOST_OTHERS).stream()
                .filter(count -> !names.contains(count.value()))
                .map(count -> new BaseModelSheet(count.value(), Optional.empty(), count.count()))
                .toList();
        return Templates.all(registered, others);
    }

    @GET
    @Path("/{model:.+}")
    @Operation(hidden = true)
    public TemplateInstance one(String model) {
        Optional<BaseModelEntry> entry = BaseModelEntry.named(model);
        BrowseResult result =
                catalogue.find(BrowseQuery.ALL.toggled(Facet.BASE, model).withLimit(12), 0);
        if (entry.isEmpty() && result.total() == 0) throw ProblemException.notFound("base model");
        return Templates.one(new BaseModelSheet(model, entry, result.total()), result, config.downloads());
    }
}

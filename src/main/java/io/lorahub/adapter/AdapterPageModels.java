package io.lorahub.adapter;

import io.lorahub.account.Viewer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts together what the page of an adapter shows. */
@ApplicationScoped
class AdapterPageModels {

    private final Adapters adapters;
    private final AdapterRights rights;
    private final Viewer viewer;
    private final Likes likes;
    private final Lineages lineages;
    private final RelatedAdapters relatives;
    private final Descriptions descriptions;

    AdapterPageModels(
            Adapters adapters,
            AdapterRights rights,
            Viewer viewer,
            Likes likes,
            Lineages lineages,
            RelatedAdapters relatives,
            Descriptions descriptions) {
        this.adapters = adapters;
        this.rights = rights;
        this.viewer = viewer;
        this.likes = likes;
        this.lineages = lineages;
        this.relatives = relatives;
        this.descriptions = descriptions;
    }

    /**
     * @param label  of the version to show; empty for the newest
     * @param before label of the version to compare it with; empty for the one before
     * @param origin of this site, such as {@code https://hub.example.org}
     * @throws ProblemException not found, for what does not exist or the viewer may not know of
     */
    @Transactional
    AdapterPageModel sheet(
            String publisher, String name, Optional<String> label, Optional<String> before, String origin) {
        Adapter adapter = adapters.visible(publisher, name);
        List<AdapterVersion> versions = AdapterVersion.of(adapter);
        AdapterVersion version = label.map(l -> version(versions, adapter, l)).orElseGet(() -> versions.get(0));
        Optional<AdapterVersion> older = before.map(l -> version(versions, adapter, l))
                .or(() ->
                        versions.stream().filter(v -> v.number < version.number).findFirst());
        Map<String, Long> sizes =
                adapters.sizes(older.map(o -> List.of(version, o)).orElseGet(() -> List.of(version)));
        AdapterFacts facts = new AdapterFacts(version.facts);
        Lineage lineage = lineages.of(version);
        return new AdapterPageModel(
                adapter,
                descriptions.html(adapter),
                version,
                versions,
                VersionView.of(version, sizes).files(),
                facts,
                NormChart.of(facts.layers()),
                older.filter(o -> o != version)
                        .map(o -> VersionDifference.of(o, version, sizes))
                        .orElse(null),
                lineage,
                lineage.isEmpty() ? null : LineageDrawing.of(version, lineage),
                relatives.twins(version),
                relatives.alike(adapter),
                Snippets.of(version, origin),
                standing(adapter),
                BaseModelRecord.named(adapter.baseModel).isPresent(),
                origin + "/" + adapter.address());
    }

    private static AdapterVersion version(List<AdapterVersion> versions, Adapter adapter, String label) {
        return versions.stream()
                .filter(v -> v.label.equals(label))
                .findFirst()
                .orElseThrow(() -> Adapters.noVersion(adapter, label));
    }

    private AdapterPageModel.Standing standing(Adapter adapter) {
        return new AdapterPageModel.Standing(
                rights.mayEdit(adapter),
                rights.mayDelete(adapter),
                rights.mayModerate(adapter),
                adapters.mayKnowReason(adapter),
                viewer.id().map(id -> likes.likes(id, adapter)).orElse(false));
    }
}

package io.lorahub.adapter.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.VersionView;
import io.lorahub.adapter.lineage.Lineage;
import io.lorahub.adapter.lineage.LineageDrawing;
import io.lorahub.adapter.lineage.RelatedAdapters;
import io.lorahub.web.Format;
import io.lorahub.web.chart.Chart;
import io.quarkus.qute.RawString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

/** The contents of an adapter's page. */
public final class AdapterPageModel {

    public Adapter adapter;

    /** As HTML. */
    public RawString description;

    /** The version shown. */
    public AdapterVersion version;

    /** All, newest first. */
    public List<AdapterVersion> versions;

    /** Of the version. */
    public List<VersionView.FileView> files;

    public AdapterFacts facts;
    public NormChart norms;

    /** Null if nobody has downloaded it lately. */
    public Chart downloads;

    /** From the previous version, or the requested one; null for the first version. */
    public VersionDifference changes;

    public Lineage lineage;

    /** Null if the adapter was neither composed nor used in compositions. */
    public LineageDrawing drawing;

    /** Other adapters whose weights have nearly the same effect. */
    public List<RelatedAdapters.Twin> twins;

    /** Other adapters that may interest the visitor. */
    public List<Adapter> alike;

    public Snippets snippets;
    public ViewerRights rights;

    /** Whether its base model is registered, so that runs can use the adapter. */
    public boolean composable;

    /** The page's full address, without query. */
    public String address;

    /** The viewer's rights and relation to this adapter. */
    public record ViewerRights(
            boolean mayEdit, boolean mayDelete, boolean moderates, boolean knowsReason, boolean likes) {}

    /** The result of one check when the version was published. */
    public record Check(String title, String state, String note) {}

    /** @param href list of all adapters with the tag */
    public record TagLink(String tag, String href) {}

    public String path() {
        return "/" + adapter.address();
    }

    public String publisherPath() {
        return "/" + adapter.publisher.name;
    }

    public String editPath() {
        return path() + "/edit";
    }

    public String appealPath() {
        return path() + "/appeal";
    }

    public String casePath() {
        return "/moderation/cases" + path();
    }

    public boolean isNewest() {
        return version.number == versions.get(0).number;
    }

    /** Address of the list of all adapters for its base model. */
    public String baseList() {
        return "/adapters?base=" + URLEncoder.encode(adapter.baseModel, StandardCharsets.UTF_8);
    }

    public List<TagLink> tags() {
        return adapter.tags.stream()
                .map(t -> new TagLink(t, "/adapters?tag=" + URLEncoder.encode(t, StandardCharsets.UTF_8)))
                .toList();
    }

    /** The most similar of the adapters published earlier; null if there is none. */
    public RelatedAdapters.Twin original() {
        return twins.stream().filter(RelatedAdapters.Twin::older).findFirst().orElse(null);
    }

    /** A text such as "98 % like demo/re." */
    public String likeness() {
        return "%s like %s."
                .formatted(Format.percent(original().similarity()), original().address());
    }

    /** Whether the description already includes the card's example. */
    public boolean exampleInDescription() {
        return adapter.description.contains(adapter.exampleInput)
                && adapter.description.contains(adapter.exampleOutput);
    }

    /** Number of checks with warnings. */
    public long warnings() {
        return checks().stream().filter(check -> check.state().equals("warned")).count();
    }

    public String newVersionPath() {
        return "/upload?adapter=" + URLEncoder.encode(adapter.address(), StandardCharsets.UTF_8);
    }

    /** Total size of all files in bytes. */
    public long size() {
        return files.stream().mapToLong(VersionView.FileView::size).sum();
    }

    public List<Check> checks() {
        return StreamSupport.stream(version.findings.spliterator(), false)
                .map(AdapterPageModel::check)
                .toList();
    }

    private static Check check(JsonNode check) {
        return new Check(
                check.path("title").asText(),
                check.path("state").asText(),
                check.path("note").asText());
    }
}

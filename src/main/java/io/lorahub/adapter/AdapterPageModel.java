package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.web.Format;
import io.quarkus.qute.RawString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * All that the page of an adapter shows.
 *
 * @param description as HTML
 * @param version     the one that is shown
 * @param versions    all, newest first
 * @param files       of the version
 * @param changes     from the version before, or the one that was asked for; null for the first version
 * @param drawing     null where nothing was composed
 * @param twins       others whose weights do nearly the same
 * @param alike       others that the visitor may want to see
 * @param composable  whether its base model is registered, so that runs can use it
 * @param address     the page's whole address, without query
 */
public record AdapterPageModel(
        Adapter adapter,
        RawString description,
        AdapterVersion version,
        List<AdapterVersion> versions,
        List<VersionView.FileView> files,
        AdapterFacts facts,
        NormChart norms,
        VersionDifference changes,
        Lineage lineage,
        LineageDrawing drawing,
        List<RelatedAdapters.Twin> twins,
        List<Adapter> alike,
        Snippets snippets,
        Standing standing,
        boolean composable,
        String address) {

    /** What the viewer is to this adapter. */
    public record Standing(boolean mayEdit, boolean mayDelete, boolean moderates, boolean knowsReason, boolean likes) {}

    /** One check of the doctor, as it came out when the version was published. */
    public record Check(String title, String state, String note) {}

    /** @param href where all adapters with the tag are listed */
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

    /** Where all adapters of its base model are listed. */
    public String baseList() {
        return "/adapters?base=" + URLEncoder.encode(adapter.baseModel, StandardCharsets.UTF_8);
    }

    public List<TagLink> tags() {
        return adapter.tags.stream()
                .map(t -> new TagLink(t, "/adapters?tag=" + URLEncoder.encode(t, StandardCharsets.UTF_8)))
                .toList();
    }

    /** The adapter that was here before and that this one is most like; null if there is none. */
    public RelatedAdapters.Twin original() {
        return twins.stream().filter(RelatedAdapters.Twin::older).findFirst().orElse(null);
    }

    /** "98 % like demo/re." */
    public String likeness() {
        return "%s like %s."
                .formatted(Format.percent(original().similarity()), original().address());
    }

    /** Whether the description shows the card's example already. */
    public boolean exampleTold() {
        return adapter.description.contains(adapter.exampleInput)
                && adapter.description.contains(adapter.exampleOutput);
    }

    /** How many checks had something to say. */
    public long warnings() {
        return checks().stream().filter(check -> check.state().equals("warned")).count();
    }

    public String newVersionPath() {
        return "/upload?adapter=" + URLEncoder.encode(adapter.address(), StandardCharsets.UTF_8);
    }

    /** In bytes, of all files. */
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

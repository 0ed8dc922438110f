package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** Shows the changes between two versions of an adapter. */
@Path("/{publisher}/{name}/compare")
@Produces(MediaType.TEXT_HTML)
public class ComparePage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compare(VersionComparison model);

        private Templates() {}
    }

    private final Adapters adapters;

    ComparePage(Adapters adapters) {
        this.adapters = adapters;
    }

    /**
     * @param from label of a version; if omitted, the one before {@code to}
     * @param to label of a version; if omitted, the newest
     */
    @GET
    @Operation(hidden = true)
    public TemplateInstance compare(
            String publisher, String name, @RestQuery Optional<String> from, @RestQuery Optional<String> to) {
        Adapter adapter = adapters.visible(publisher, name);
        List<AdapterVersion> versions = AdapterVersion.of(adapter);
        AdapterVersion after = chosen(adapter, to).orElseGet(() -> versions.get(0));
        AdapterVersion before = chosen(adapter, from)
                .or(() -> versions.stream().filter(v -> v.number < after.number).findFirst())
                .orElse(after);
        VersionDifference difference = before.id.equals(after.id)
                ? null
                : VersionDifference.of(before, after, adapters.sizes(List.of(before, after)));
        return Templates.compare(new VersionComparison(adapter, versions, before, after, difference));
    }

    private Optional<AdapterVersion> chosen(Adapter adapter, Optional<String> label) {
        return label.filter(l -> !l.isEmpty()).map(l -> adapters.version(adapter, l));
    }

    /**
     * Two versions of an adapter.
     *
     * @param versions all, newest first
     * @param difference null if both are the same version
     */
    public record VersionComparison(
            Adapter adapter,
            List<AdapterVersion> versions,
            AdapterVersion from,
            AdapterVersion to,
            VersionDifference difference) {

        public String path() {
            return "/" + adapter.address();
        }

        /** Versions with release notes after the older one, up to and including the newer one, newest first. */
        public List<AdapterVersion> noted() {
            int older = Math.min(from.number, to.number);
            int newer = Math.max(from.number, to.number);
            return versions.stream()
                    .filter(v -> v.number > older && v.number <= newer && !v.notes.isEmpty())
                    .toList();
        }
    }
}

package io.lorahub.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.Paths;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.eclipse.microprofile.openapi.models.tags.Tag;

/** Completes the OpenAPI document for all operations: removes pages, adds tokens and errors. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDescription implements OASFilter {

    static final String ROOT = "/api/v1/";

    private static final String BEARER = "token";

    /** Paths below which anyone can read; runs only if they are shared. */
    private static final List<String> OPEN = List.of("adapters", "base-models", "publishers", "runs/{run}");

    private static final String INTRODUCTION = """
            Everything that the pages do, for programs.

            Create an access token under Settings, Access tokens, and send it as `Authorization: Bearer lh_…`. A token \
            with the scope read can't change anything; one with write can change what is yours; one with administer also \
            has the rights of your role. No token can change accounts: that needs a signed-in browser. In a request, null \
            counts as left out.

            Errors are problem details (RFC 9457) that list every cause. If a list has more pages, its `Link` header has \
            `rel="next"`. What can change has an `ETag`; send it in `If-Match` to change it. Times are in UTC, sizes in \
            bytes, hashes SHA-256.""";

    private static final Pattern REFERENCE = Pattern.compile("#/components/schemas/([^\\s,}\\]\"']+)");

    private static final List<Tag> TAGS = List.of(
            tag("Adapters", "Find adapters, download their files, like and report them."),
            tag("Uploads", "Send the files of adapters in pieces, see what the checks find, publish them."),
            tag("Imports", "Have this hub fetch adapters from other hubs."),
            tag("Publishers", "Who publishes adapters."),
            tag("Runs", "Compose adapters for a new task and follow the search."),
            tag("Merges", "Merge adapters with given weights, without a search."),
            tag("Base models", "The models that adapters are made for."),
            tag("Account", "Who you are, your access tokens and your notices."),
            tag("Moderation", "Reports, decisions and members; for moderators."),
            tag("Administration", "Storage and settings; for admins."));

    private static Tag tag(String name, String description) {
        return OASFactory.createTag().name(name).description(description);
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.info(OASFactory.createInfo()
                .title("LoraHub")
                .version("1")
                .description(INTRODUCTION)
                .license(OASFactory.createLicense().name("MIT").identifier("MIT")));
        document.servers(List.of(OASFactory.createServer().url("/").description("This hub")));
        Paths paths = OASFactory.createPaths();
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (!path.startsWith(ROOT)) return;
            paths.addPathItem(path, item);
            item.getOperations().forEach((method, operation) -> complete(path, method, operation));
        });
        document.paths(paths);
        document.tags(TAGS.stream().filter(tag -> isUsed(tag, paths)).toList());
        if (document.getComponents() == null) document.components(OASFactory.createComponents());
        document.getComponents()
                .addSecurityScheme(
                        BEARER,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("An access token, made under Settings."));
        ApiErrors.describe(document.getComponents());
        // Otherwise the schema would describe the getters of a library's class.
        if (document.getComponents().getSchemas().containsKey("JsonNode")) {
            document.getComponents()
                    .addSchema("JsonNode", OASFactory.createSchema().description("Any JSON value."));
        }
        removeUnusedSchemas(document);
    }

    private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
        boolean open = isOpen(path, method);
        operation.security(
                open
                        ? List.of(
                                OASFactory.createSecurityRequirement(),
                                OASFactory.createSecurityRequirement().addScheme(BEARER))
                        : List.of(OASFactory.createSecurityRequirement().addScheme(BEARER)));
        ApiErrors.add(operation, method, path, open);
    }

    /** Whether it answers callers without a token, for public data. */
    private static boolean isOpen(String path, PathItem.HttpMethod method) {
        boolean reads = method == PathItem.HttpMethod.GET || method == PathItem.HttpMethod.HEAD;
        return reads && OPEN.stream().anyMatch(open -> path.startsWith(ROOT + open));
    }

    private static boolean isUsed(Tag tag, Paths paths) {
        return paths.getPathItems().values().stream()
                .map(PathItem::getOperations)
                .map(Map::values)
                .flatMap(Collection::stream)
                .anyMatch(operation ->
                        operation.getTags() != null && operation.getTags().contains(tag.getName()));
    }

    /** Removes schemas that only pages use. */
    private static void removeUnusedSchemas(OpenAPI document) {
        Components components = document.getComponents();
        Map<String, Schema> all = components.getSchemas();
        if (all == null) return;
        Set<String> used = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(named(document.getPaths().toString()));
        if (components.getResponses() != null)
            open.addAll(named(components.getResponses().toString()));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (used.add(name) && all.containsKey(name))
                open.addAll(named(all.get(name).toString()));
        }
        Map<String, Schema> kept = new TreeMap<>(all);
        kept.keySet().retainAll(used);
        components.setSchemas(kept);
    }

    private static Collection<String> named(String text) {
        return REFERENCE
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}

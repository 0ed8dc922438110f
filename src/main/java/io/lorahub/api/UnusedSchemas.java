package io.lorahub.api;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Removes the schemas of what only pages use. */
final class UnusedSchemas {

    private static final Pattern REFERENCE = Pattern.compile("#/components/schemas/([^\\s,}\\]\"']+)");

    private UnusedSchemas() {}

    static void remove(OpenAPI document) {
        Map<String, Schema> all = document.getComponents().getSchemas();
        if (all == null) return;
        Set<String> used = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(named(document.getPaths().toString()));
        if (document.getComponents().getResponses() != null) {
            open.addAll(named(document.getComponents().getResponses().toString()));
        }
        while (!open.isEmpty()) {
            String name = open.pop();
            if (used.add(name) && all.containsKey(name))
                open.addAll(named(all.get(name).toString()));
        }
        Map<String, Schema> kept = new TreeMap<>(all);
        kept.keySet().retainAll(used);
        document.getComponents().setSchemas(kept);
    }

    private static Collection<String> named(String text) {
        return REFERENCE
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}

package io.lorahub.huggingface;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Searches adapters by the parameters of the Hugging Face Hub, which all have to match. */
@ApplicationScoped
class ModelQueries {

    /** Tags that every adapter has. */
    private static final Set<String> OF_ALL = Set.of("peft", "lora", "safetensors", "library:peft", "adapter");

    private static final String BASE_MODEL = "base_model:";
    private static final String ADAPTER_OF = "base_model:adapter:";
    private static final Set<String> OTHER_RELATIONS =
            Set.of("base_model:finetune:", "base_model:merge:", "base_model:quantized:");

    private static final String GREATEST_FIRST = "-1";

    /** Columns by the names of the protocol. */
    private static final Map<String, String> SORTS = Map.of(
            "trendingScore", "l.trend",
            "downloads", "l.downloads",
            "likes", "l.likes",
            "lastModified", "a.updated_at",
            "createdAt", "a.created_at");

    private static final int MOST_WORDS = 20;

    private final EntityManager database;
    private final Viewer viewer;

    ModelQueries(EntityManager database, Viewer viewer) {
        this.database = database;
        this.viewer = viewer;
    }

    /**
     * Public adapters, and all of the viewer's own.
     *
     * @param search words, each of which is part of the id: clients document it as "contained in the returned model ids"
     * @param author account name of the publisher; empty for all
     * @param filters tags
     * @param task a pipeline tag; null for all
     * @param direction -1 for the greatest first; all others for the least, as in the protocol
     * @param after id of the last adapter of the previous page
     */
    List<Adapter> find(
            String search,
            String author,
            List<String> filters,
            String task,
            String sort,
            String direction,
            Optional<Long> after,
            int limit) {
        String column = SORTS.get(sort);
        if (column == null) {
            throw ProblemException.badRequest("Sort by one of %s."
                    .formatted(SORTS.keySet().stream().sorted().collect(Collectors.joining(", "))));
        }
        // the same conditions on listing l, which has indexes for them, and on unlisted adapters a of the viewer
        List<String> listed = new ArrayList<>(List.of(column.startsWith("a.") ? "a.listed" : "true"));
        List<String> own = new ArrayList<>(List.of("m.person_id = :viewer and not a.listed"));
        Map<String, Object> values = new HashMap<>();
        values.put("viewer", viewer.id().orElse(-1L));
        if (!author.isEmpty()) {
            listed.add("l.facets @> array['publisher=' || :author]");
            own.add("p.name = :author");
            values.put("author", author.toLowerCase(Locale.ROOT));
        }
        for (String word :
                few("search", Stream.of(search.toLowerCase(Locale.ROOT).strip().split("\\s+")))) {
            if (word.isEmpty()) continue;
            String name = "value" + values.size();
            listed.add("l.address like :" + name);
            own.add("p.name || '/' || a.name like :" + name);
            values.put(name, "%" + word.replaceAll("[%_\\\\]", "\\\\$0") + "%");
        }
        for (String tag : few("filter", filters.stream().flatMap(filter -> Stream.of(filter.split(","))))) {
            if (tag.isBlank() || OF_ALL.contains(tag)) continue;
            Optional<String> pipeline = PipelineTag.find(tag).map(ModelQueries::condition);
            String name = "value" + values.size();
            listed.add(pipeline.orElseGet(() -> listed(tag, name)));
            own.add(pipeline.orElseGet(() -> condition(tag, name)));
            if (pipeline.isEmpty()) values.put(name, value(tag));
        }
        if (task != null) {
            String condition =
                    PipelineTag.find(task).map(ModelQueries::condition).orElse("false");
            listed.add(condition);
            own.add(condition);
        }
        boolean falling = direction.equals(GREATEST_FIRST);
        String id = column.startsWith("l.") ? "l.adapter_id" : "a.id";
        String ofOwn = "a" + column.substring(1);
        after.ifPresent(last -> {
            // the place of an adapter that the viewer can't see would tell when it was changed
            String place = " %s (select %s, a.id from adapter a where a.id = :after and (a.listed or exists (select 1"
                            .formatted(falling ? "<" : ">", ofOwn)
                    + " from publisher_member m where m.publisher_id = a.publisher_id and m.person_id = :viewer)))";
            listed.add("(%s, %s)".formatted(column, id) + place);
            own.add("(%s, a.id)".formatted(ofOwn) + place);
            values.put("after", last);
        });
        String order = "order by key %1$s, id %1$s limit %2$d".formatted(falling ? "desc" : "asc", limit);
        // the plan depends on how common the values are
        database.createNativeQuery("set local plan_cache_mode = force_custom_plan")
                .executeUpdate();
        var query = database.createNativeQuery(
                """
                select id from (
                  (select %s as id, %s as key from listing l join adapter a on a.id = l.adapter_id where %s %s)
                  union all
                  (select a.id, %s as key from publisher_member m join publisher p on p.id = m.publisher_id
                     join adapter a on a.publisher_id = p.id where %s %4$s)) found %4$s""".formatted(id, column, String.join(" and ", listed), order, ofOwn, String.join(" and ", own)),
                Long.class);
        values.forEach(query::setParameter);
        List<Long> ids = query.getResultList();
        if (ids.isEmpty()) return List.of();
        Map<Long, Adapter> rows =
                Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", ids).stream()
                        .collect(Collectors.toMap(adapter -> adapter.id, Function.identity()));
        return ids.stream().map(rows::get).toList();
    }

    /** Each of them is a condition of the query. */
    private static List<String> few(String parameter, Stream<String> words) {
        List<String> different = words.distinct().limit(MOST_WORDS + 1).toList();
        if (different.size() > MOST_WORDS) {
            throw ProblemException.badRequest("Give up to %d words as %s.".formatted(MOST_WORDS, parameter));
        }
        return different;
    }

    /** As {@link PipelineTag#of}: by the registered base model, otherwise by the modules of the newest version. */
    private static String condition(PipelineTag tag) {
        return """
                coalesce((select m.model_type = 't5' from base_model m where m.name = a.base_model),
                  (select %s
                    from adapter_version v where v.adapter_id = a.id order by v.number desc limit 1), false) = %s""".formatted(PipelineTag.OF_ENCODER, tag == PipelineTag.TEXT2TEXT_GENERATION);
    }

    private static String condition(String tag, String name) {
        if (tag.startsWith(BASE_MODEL)) return "a.base_model = :" + name;
        if (tag.startsWith("license:")) return "lower(a.licence) = lower(:" + name + ")";
        if (tag.startsWith("language:")) return ":" + name + " = any(a.languages)";
        return "(:%1$s = any(a.tags) or :%1$s = any(a.languages))".formatted(name);
    }

    /** The same on the table of listed adapters. */
    private static String listed(String tag, String name) {
        if (tag.startsWith(BASE_MODEL)) return "l.facets @> array['base=' || :" + name + "]";
        if (tag.startsWith("license:")) {
            return "l.facets && array(select 'licence=' || value from facet_count"
                    + " where facet = 'licence' and lower(value) = lower(:" + name + "))";
        }
        if (tag.startsWith("language:")) return "l.facets @> array['language=' || :" + name + "]";
        return "l.facets && array['tag=' || :%1$s, 'language=' || :%1$s]".formatted(name);
    }

    private static String value(String tag) {
        if (OTHER_RELATIONS.stream().anyMatch(tag::startsWith)) return ""; // no adapter is one of these
        if (tag.startsWith(ADAPTER_OF)) return tag.substring(ADAPTER_OF.length());
        for (String prefix : List.of(BASE_MODEL, "license:", "language:")) {
            if (tag.startsWith(prefix)) return tag.substring(prefix.length());
        }
        return tag;
    }
}

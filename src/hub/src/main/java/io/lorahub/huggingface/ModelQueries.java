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
            "trendingScore", "trend",
            "downloads", "downloads",
            "likes", "likes",
            "lastModified", "updated_at",
            "createdAt", "created_at");

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
        boolean falling = direction.equals(GREATEST_FIRST);
        List<String> conditions = new ArrayList<>();
        Map<String, Object> values = new HashMap<>();
        conditions.add("(a.listed or exists (select 1 from"
                + " publisher_member m where m.publisher_id = p.id and m.person_id = :viewer))");
        values.put("viewer", viewer.id().orElse(-1L));
        if (!author.isEmpty()) {
            conditions.add("p.name = :author");
            values.put("author", author.toLowerCase(Locale.ROOT));
        }
        int number = 0;
        for (String word : search.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
            if (word.isEmpty()) continue;
            conditions.add("strpos(p.name || '/' || a.name, :word%d) > 0".formatted(number));
            values.put("word" + number++, word);
        }
        for (String filter : filters) {
            for (String tag : filter.split(",")) {
                if (tag.isBlank() || OF_ALL.contains(tag)) continue;
                if (PipelineTag.find(tag).isPresent()) {
                    conditions.add(condition(PipelineTag.find(tag).get()));
                    continue;
                }
                conditions.add(condition(tag, "tag" + number));
                values.put("tag" + number++, value(tag));
            }
        }
        if (task != null) {
            conditions.add(PipelineTag.find(task).map(ModelQueries::condition).orElse("false"));
        }
        after.ifPresent(id -> {
            conditions.add("(a.%1$s, a.id) %2$s (select b.%1$s, b.id from adapter b where b.id = :after)"
                    .formatted(column, falling ? "<" : ">"));
            values.put("after", id);
        });
        var query = database.createNativeQuery(
                "select a.id from adapter a join publisher p on p.id = a.publisher_id where %1$s order by a.%2$s %3$s, a.id %3$s"
                        .formatted(String.join(" and ", conditions), column, falling ? "desc" : "asc"),
                Long.class);
        values.forEach(query::setParameter);
        List<Long> ids = query.setMaxResults(limit).getResultList();
        if (ids.isEmpty()) return List.of();
        Map<Long, Adapter> rows =
                Adapter.<Adapter>list("from Adapter a join fetch a.publisher where a.id in ?1", ids).stream()
                        .collect(Collectors.toMap(adapter -> adapter.id, Function.identity()));
        return ids.stream().map(rows::get).toList();
    }

    /** As {@link PipelineTag#of}: by the registered base model, otherwise by the modules of the newest version. */
    private static String condition(PipelineTag tag) {
        return """
                coalesce((select m.model_type = 't5' from base_model m where m.name = a.base_model),
                  (select jsonb_path_exists(v.facts, '$.layers[*].module ? (@ starts with "encoder." || @ starts with "decoder.")')
                    from adapter_version v where v.adapter_id = a.id order by v.number desc limit 1), false) = %s""".formatted(tag == PipelineTag.TEXT2TEXT_GENERATION);
    }

    private static String condition(String tag, String name) {
        if (tag.startsWith(BASE_MODEL)) return "a.base_model = :" + name;
        if (tag.startsWith("license:")) return "lower(a.licence) = lower(:" + name + ")";
        if (tag.startsWith("language:")) return ":" + name + " = any(a.languages)";
        return "(:%1$s = any(a.tags) or :%1$s = any(a.languages))".formatted(name);
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

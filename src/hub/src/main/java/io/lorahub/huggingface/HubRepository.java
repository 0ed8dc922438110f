package io.lorahub.huggingface;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Repository;
import io.lorahub.basemodel.BaseModelRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A repository that the viewer can see.
 *
 * @param id {@code publisher/name}, or the name of a base model
 * @param isPrivate whether others cannot see it
 * @param takenDown whether only members of its publisher and moderators can see it, because moderators decided so
 * @param everybody whether it appears in public lists, so that shared caches can keep it
 * @param stored id of the {@link Repository}; empty for base models
 * @param adapter empty for base models, and while no adapter is published under the name
 * @param model empty for adapters
 * @param cardData metadata of the card
 * @param head the newest commit; empty if nothing has been sent yet
 * @param facts {@link ModelFacts#NONE} while there is neither
 * @param labels ids of the commits of versions, by label
 */
public record HubRepository(
        String id,
        boolean isPrivate,
        boolean takenDown,
        boolean everybody,
        Instant createdAt,
        Optional<Long> stored,
        Optional<Adapter> adapter,
        Optional<BaseModelRecord> model,
        Map<String, Object> cardData,
        List<String> tags,
        ModelFacts facts,
        Optional<Commit> head,
        Map<String, String> labels) {

    public static final String MAIN = "main";

    HubRepository withHead(Commit commit) {
        return new HubRepository(
                id,
                isPrivate,
                takenDown,
                everybody,
                createdAt,
                stored,
                adapter,
                model,
                cardData,
                tags,
                facts,
                Optional.of(commit),
                labels);
    }

    HubRepository withCardData(Map<String, Object> metadata) {
        return new HubRepository(
                id, isPrivate, takenDown, everybody, createdAt, stored, adapter, model, metadata, tags, facts, head,
                labels);
    }

    /** Account name of the publisher; the organisation in the name of a base model, or empty. */
    public String author() {
        int slash = id.indexOf('/');
        return slash < 0 ? "" : id.substring(0, slash);
    }
}

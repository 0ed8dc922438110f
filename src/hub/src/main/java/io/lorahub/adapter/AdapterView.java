package io.lorahub.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;

/**
 * An adapter as shown in the API. Lists contain a brief view in which some fields are null.
 *
 * @param url of its page, a path on this site
 * @param rank the largest in the newest version
 * @param state {@code active}, {@code changes-requested} or {@code taken-down}
 * @param stateReason only for its publisher's members and moderators
 * @param downloads of the weights or a zip; counted once a day for each member or address
 * @param versions newest first
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AdapterView(
        String url,
        String publisher,
        String name,
        String title,
        String summary,
        String description,
        String baseModel,
        String licence,
        boolean derivatives,
        List<String> tags,
        List<String> languages,
        String trainingData,
        String intendedUse,
        String exampleInput,
        String exampleOutput,
        int rank,
        List<String> targetModules,
        String visibility,
        String state,
        String stateReason,
        long downloads,
        int likes,
        Instant createdAt,
        Instant updatedAt,
        List<VersionView> versions) {

    /** The brief view for lists. */
    public static AdapterView brief(Adapter adapter) {
        return of(adapter, null, null, null, null, null);
    }

    /** @param mayKnow whether the viewer can read the reasons for moderation */
    static AdapterView full(Adapter adapter, boolean mayKnow, List<VersionView> versions) {
        String reason = mayKnow ? adapter.stateReason : null;
        return of(adapter, adapter.description, adapter.trainingData, adapter.intendedUse, reason, versions);
    }

    private static AdapterView of(
            Adapter adapter,
            String description,
            String trainingData,
            String intendedUse,
            String reason,
            List<VersionView> versions) {
        return new AdapterView(
                "/" + adapter.address(),
                adapter.publisher.name,
                adapter.name,
                adapter.title,
                adapter.summary,
                description,
                adapter.baseModel,
                adapter.licence,
                adapter.derivatives,
                adapter.tags,
                adapter.languages,
                trainingData,
                intendedUse,
                adapter.exampleInput,
                adapter.exampleOutput,
                adapter.rank,
                adapter.targetModules,
                adapter.visibility.word(),
                adapter.state.word(),
                reason,
                adapter.downloads,
                adapter.likes,
                adapter.createdAt,
                adapter.updatedAt,
                versions);
    }
}

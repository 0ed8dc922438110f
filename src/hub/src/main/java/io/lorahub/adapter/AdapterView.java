package io.lorahub.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;

/** An adapter as shown in the API. Lists contain a brief view in which some fields are null. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class AdapterView {

    /** Of its page, a path on this site. */
    public String url;

    public String publisher;
    public String name;
    public String title;
    public String summary;
    public String description;
    public String baseModel;
    public String licence;
    public boolean derivatives;
    public List<String> tags;
    public List<String> languages;
    public String trainingData;
    public String intendedUse;
    public String exampleInput;
    public String exampleOutput;

    /** The largest in the newest version. */
    public int rank;

    public List<String> targetModules;
    public String visibility;

    /** {@code active}, {@code changes-requested} or {@code taken-down}. */
    public String state;

    /** Only for its publisher's members and moderators. */
    public String stateReason;

    /** Of the weights or a zip; counted once a day for each member or address. */
    public long downloads;

    public int likes;
    public Instant createdAt;
    public Instant updatedAt;

    /** Newest first. */
    public List<VersionView> versions;

    /** The brief view for lists. */
    public static AdapterView brief(Adapter adapter) {
        AdapterView view = new AdapterView();
        view.url = "/" + adapter.address();
        view.publisher = adapter.publisher.name;
        view.name = adapter.name;
        view.title = adapter.title;
        view.summary = adapter.summary;
        view.baseModel = adapter.baseModel;
        view.licence = adapter.licence;
        view.derivatives = adapter.derivatives;
        view.tags = adapter.tags;
        view.languages = adapter.languages;
        view.exampleInput = adapter.exampleInput;
        view.exampleOutput = adapter.exampleOutput;
        view.rank = adapter.rank;
        view.targetModules = adapter.targetModules;
        view.visibility = adapter.visibility.word();
        view.state = adapter.state.word();
        view.downloads = adapter.downloads;
        view.likes = adapter.likes;
        view.createdAt = adapter.createdAt;
        view.updatedAt = adapter.updatedAt;
        return view;
    }

    /** @param mayKnow whether the viewer can read the reasons for moderation */
    static AdapterView full(Adapter adapter, boolean mayKnow, List<VersionView> versions) {
        AdapterView view = brief(adapter);
        view.description = adapter.description;
        view.trainingData = adapter.trainingData;
        view.intendedUse = adapter.intendedUse;
        view.stateReason = mayKnow ? adapter.stateReason : null;
        view.versions = versions;
        return view;
    }
}

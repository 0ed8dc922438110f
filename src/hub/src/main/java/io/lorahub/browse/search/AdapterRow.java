package io.lorahub.browse.search;

import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterView;
import io.lorahub.adapter.NormStrip;
import io.lorahub.adapter.Visibility;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** An adapter in a list: the card without its long texts, plus the listed properties of the newest version. */
public final class AdapterRow {

    public final long id;
    public final String publisher;
    public final String name;
    public final Visibility visibility;
    public final AdapterState state;

    /** Whether it appears in public lists. */
    public final boolean listed;

    public final String title;
    public final String summary;
    public final String baseModel;
    public final String licence;
    public final boolean derivatives;
    public final List<String> tags;
    public final List<String> languages;
    public final String exampleInput;
    public final String exampleOutput;
    public final int rank;
    public final List<String> targetModules;
    public final long downloads;
    public final int likes;
    public final Instant createdAt;
    public final Instant updatedAt;

    /** When it first became public, or null. */
    public final Instant listedAt;

    /** Size of the newest version's tensors in bytes. */
    public final long bytes;

    public final NormStrip strip;

    private static final int MODULES_SHOWN = 3;
    private static final int EXAMPLE_SHOWN = 60;

    /** @param row of {@link AdapterRows} */
    AdapterRow(ResultSet row) throws SQLException {
        id = row.getLong("id");
        publisher = row.getString("publisher");
        name = row.getString("name");
        visibility = Visibility.valueOf(row.getString("visibility"));
        state = AdapterState.valueOf(row.getString("state"));
        listed = row.getBoolean("listed");
        title = row.getString("title");
        summary = row.getString("summary");
        baseModel = row.getString("base_model");
        licence = row.getString("licence");
        derivatives = row.getBoolean("derivatives");
        tags = texts(row, "tags");
        languages = texts(row, "languages");
        exampleInput = row.getString("example_input");
        exampleOutput = row.getString("example_output");
        rank = row.getInt("rank");
        targetModules = texts(row, "target_modules");
        downloads = row.getLong("downloads");
        likes = row.getInt("likes");
        createdAt = time(row, "created_at");
        updatedAt = time(row, "updated_at");
        listedAt = time(row, "listed_at");
        bytes = row.getLong("bytes");
        strip = NormStrip.parse(Objects.requireNonNullElse(row.getString("strip"), ""));
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }

    public String address() {
        return publisher + "/" + name;
    }

    public boolean isPublic() {
        return visibility == Visibility.PUBLIC;
    }

    public boolean isUnlisted() {
        return visibility == Visibility.UNLISTED;
    }

    public boolean isTakenDown() {
        return state == AdapterState.TAKEN_DOWN;
    }

    public boolean isChangesRequested() {
        return state == AdapterState.CHANGES_REQUESTED;
    }

    public boolean hasExample() {
        return !exampleInput.isEmpty() || !exampleOutput.isEmpty();
    }

    /** The example's input, shortened for a list. */
    public String briefInput() {
        return brief(exampleInput);
    }

    public String briefOutput() {
        return brief(exampleOutput);
    }

    private static String brief(String text) {
        if (text.length() <= EXAMPLE_SHOWN) return text;
        int end = text.offsetByCodePoints(0, Math.min(EXAMPLE_SHOWN, text.codePointCount(0, text.length())));
        return text.substring(0, end).strip() + "…";
    }

    /** Module names, as in {@code q, v}; if there are many, only their number. */
    public String modules() {
        return targetModules.size() <= MODULES_SHOWN
                ? String.join(", ", targetModules)
                : targetModules.size() + " modules";
    }

    /** Form used in lists of the API. */
    public AdapterView view() {
        AdapterView view = new AdapterView();
        view.url = "/" + address();
        view.publisher = publisher;
        view.name = name;
        view.title = title;
        view.summary = summary;
        view.baseModel = baseModel;
        view.licence = licence;
        view.derivatives = derivatives;
        view.tags = tags;
        view.languages = languages;
        view.exampleInput = exampleInput;
        view.exampleOutput = exampleOutput;
        view.rank = rank;
        view.targetModules = targetModules;
        view.visibility = visibility.word();
        view.state = state.word();
        view.downloads = downloads;
        view.likes = likes;
        view.createdAt = createdAt;
        view.updatedAt = updatedAt;
        return view;
    }
}

package io.lorahub.browse.search;

import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterView;
import io.lorahub.adapter.NormStrip;
import io.lorahub.adapter.Visibility;
import java.time.Instant;
import java.util.List;

/**
 * An adapter in a list: the card without its long texts, plus the listed properties of the newest version.
 *
 * @param listed   whether it appears in public lists
 * @param listedAt when it first became public, or null
 * @param bytes    size of the newest version's tensors in bytes
 */
public record AdapterRow(
        long id,
        String publisher,
        String name,
        Visibility visibility,
        AdapterState state,
        boolean listed,
        String title,
        String summary,
        String baseModel,
        String licence,
        boolean derivatives,
        List<String> tags,
        List<String> languages,
        String exampleInput,
        String exampleOutput,
        int rank,
        List<String> targetModules,
        long downloads,
        int likes,
        Instant createdAt,
        Instant updatedAt,
        Instant listedAt,
        long bytes,
        NormStrip strip) {

    private static final int MODULES_SHOWN = 3;
    private static final int EXAMPLE_SHOWN = 60;

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
        return new AdapterView(
                "/" + address(),
                publisher,
                name,
                title,
                summary,
                null,
                baseModel,
                licence,
                derivatives,
                tags,
                languages,
                null,
                null,
                exampleInput,
                exampleOutput,
                rank,
                targetModules,
                visibility.word(),
                state.word(),
                null,
                downloads,
                likes,
                createdAt,
                updatedAt,
                null);
    }
}

package io.lorahub.adapter;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What is to change of an adapter. Whatever is null stays as it is.
 *
 * @param visibility {@code public}, {@code unlisted} or {@code private}
 * @param notes      of the newest version
 */
@JsonNaming(SnakeCaseStrategy.class)
record AdapterChange(
        String title,
        String summary,
        String description,
        List<String> tags,
        List<String> languages,
        String licence,
        Boolean derivatives,
        String trainingData,
        String intendedUse,
        String exampleInput,
        String exampleOutput,
        String visibility,
        String notes) {

    Card over(Card old) {
        return new Card(
                or(title, old.title()),
                or(summary, old.summary()),
                or(description, old.description()),
                or(tags, old.tags()),
                or(languages, old.languages()),
                or(licence, old.licence()),
                or(derivatives, old.derivatives()),
                or(trainingData, old.trainingData()),
                or(intendedUse, old.intendedUse()),
                or(exampleInput, old.exampleInput()),
                or(exampleOutput, old.exampleOutput()));
    }

    private static <T> T or(T value, T old) {
        return value == null ? old : value;
    }
}

package io.lorahub.engine.learning;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * Wrong predictions that are nearly right, in percent of all.
 *
 * @param end     they start with the right answer but continue
 * @param letters they differ from it in case or spaces only
 */
public record NearMisses(
        @JsonProperty("all_but_end") double end,
        @JsonProperty("all_but_case") double letters) {

    /** Also of results written before they were counted. */
    public static final NearMisses NONE = new NearMisses(0, 0);

    public static NearMisses of(List<String> predictions, List<Example> examples) {
        return new NearMisses(
                share(
                        predictions,
                        examples,
                        (got, right) -> got.startsWith(right) && !plain(got).equals(plain(right))),
                share(
                        predictions,
                        examples,
                        (got, right) -> !got.equals(right) && plain(got).equals(plain(right))));
    }

    public static NearMisses mean(List<NearMisses> runs) {
        return new NearMisses(
                runs.stream().mapToDouble(NearMisses::end).average().orElse(0),
                runs.stream().mapToDouble(NearMisses::letters).average().orElse(0));
    }

    private static double share(List<String> predictions, List<Example> examples, BiPredicate<String, String> counts) {
        long count = IntStream.range(0, examples.size())
                .filter(i -> counts.test(predictions.get(i), examples.get(i).output()))
                .count();
        return 100.0 * count / examples.size();
    }

    /** A text without spaces, in small letters. */
    private static String plain(String text) {
        return text.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
    }
}

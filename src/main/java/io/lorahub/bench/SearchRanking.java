package io.lorahub.bench;

import java.util.List;
import java.util.Locale;

/** The strategies at one budget, compared. */
record SearchRanking(int budget, List<SearchScore> scores) {

    double bestLoss() {
        return scores.stream().mapToDouble(s -> s.loss().median()).min().orElseThrow();
    }

    double bestExactMatch() {
        return scores.stream().mapToDouble(s -> s.exactMatch().mean()).max().orElseThrow();
    }

    double bestSeconds() {
        return scores.stream().mapToDouble(s -> s.seconds().median()).min().orElseThrow();
    }

    /** Where a strategy stands among all that were measured, in words. */
    String place(String strategy) {
        SearchScore own = scores.stream()
                .filter(s -> s.strategy().equals(strategy))
                .findFirst()
                .orElseThrow();
        long byLoss = 1
                + scores.stream()
                        .filter(s -> s.loss().median() < own.loss().median())
                        .count();
        long byMatch = 1
                + scores.stream()
                        .filter(s -> s.exactMatch().mean() > own.exactMatch().mean())
                        .count();
        return String.format(
                Locale.ROOT,
                "at budget %d it is number %d of %d by median token loss (%.4f) and number %d by exact match (%.1f %%)",
                budget,
                byLoss,
                scores.size(),
                own.loss().median(),
                byMatch,
                own.exactMatch().mean());
    }
}

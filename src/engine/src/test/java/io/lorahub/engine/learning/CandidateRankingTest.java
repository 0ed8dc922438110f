package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CandidateRankingTest {

    /** Losses by mix; that of another mix is the mean of its candidates' own, and a little more. */
    private record Losses(double base, double[] alone, Map<Set<Integer>, Double> mixes, List<List<Integer>> tried)
            implements CandidateRanking.Trials {

        Losses(double base, double[] alone, Map<Set<Integer>, Double> mixes) {
            this(base, alone, mixes, new ArrayList<>());
        }

        @Override
        public double[] losses(List<Integer> beside, List<Integer> candidates) {
            return candidates.stream()
                    .mapToDouble(candidate -> {
                        Set<Integer> mix = new TreeSet<>(beside);
                        mix.add(candidate);
                        tried.add(List.copyOf(mix));
                        double mean = mix.stream()
                                .mapToDouble(i -> alone[i])
                                .average()
                                .orElseThrow();
                        return mixes.getOrDefault(mix, beside.isEmpty() ? mean : mean + 0.1);
                    })
                    .toArray();
        }
    }

    @Test
    void what_completes_the_best_ones_comes_next_though_it_does_nothing_alone() {
        Losses losses =
                new Losses(4, new double[] {3, 3.1, 3.2, 5, 5.5, 6}, Map.of(Set.of(0, 4), 1.5, Set.of(0, 4, 5), 0.2));

        CandidateRanking ranking = CandidateRanking.of(6, losses);

        assertThat(ranking.order()).startsWith(0, 4, 5).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        CandidateRanking.Stage first = ranking.reason(0);
        assertThat(first.beside()).isEmpty();
        assertThat(first.before()).isEqualTo(4);
        assertThat(first.losses()[0]).isEqualTo(3);
        CandidateRanking.Stage third = ranking.reason(5);
        assertThat(third.beside()).containsExactly(0, 4);
        assertThat(third.before()).isEqualTo(1.5);
        assertThat(third.losses()[5]).isEqualTo(0.2);
        assertThat(ranking.reason(3)).isEqualTo(first);
    }

    @Test
    void no_mix_is_tried_twice_and_no_candidate_more_than_three_times() {
        double[] alone = new double[20];
        Arrays.setAll(alone, i -> 1 + i % 7);
        Losses losses = new Losses(4, alone, Map.of());

        CandidateRanking.of(20, losses);

        assertThat(losses.tried).doesNotHaveDuplicates().hasSize(20 + 19 + 18);
    }

    @Test
    void what_cannot_be_tried_alone_is_left_out_and_what_cannot_be_in_a_mix_is_not() {
        Losses losses = new Losses(4, new double[] {3, Double.NaN, 2}, Map.of(Set.of(0, 2), Double.NaN));

        CandidateRanking ranking = CandidateRanking.of(3, losses);

        assertThat(ranking.order()).containsExactly(2, 0);
        assertThat(ranking.stages()).hasSize(1);
    }

    @Test
    void nothing_is_ranked_if_no_candidate_can_be_tried() {
        CandidateRanking ranking = CandidateRanking.of(1, new Losses(4, new double[] {Double.NaN}, Map.of()));

        assertThat(ranking.stages()).isEmpty();
        assertThat(ranking.order()).isEmpty();
        assertThat(CandidateRanking.of(0, new Losses(4, new double[0], Map.of()))
                        .order())
                .isEmpty();
    }
}

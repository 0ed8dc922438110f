package io.lorahub.engine.learning.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    private static final int COUNT = 60;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        # right: base, single, mix; losses: base, single, mix
        5  | 20 | 55 | 8 | 1   | 0.3 | The mix gets 55 of 60 held-out examples right, the best single adapter, un, 20 and the base model 5 (95 % interval of the mix 82–96 %).
        20 | 5  | 55 | 8 | 1   | 0.3 | The mix gets 55 of 60 held-out examples right, the best single adapter, un, 5 and the base model 20 (95 % interval
        5  | 30 | 33 | 8 | 1   | 0.3 | The mix gets 33 of 60 held-out examples right, the best single adapter, un, 30 and the base model 5; with so few examples the difference may be chance (95 % intervals 42–67 % and 38–62 %).
        5  | 30 | 33 | 8 | 0.2 | 0.3 | The mix gets 33 of 60 held-out examples right, the best single adapter, un, 30
        0  | 60 | 0  | 8 | 1   | 0.3 | The best single adapter is better than the mix. The mix gets 0 of 60 held-out examples right, the best single adapter, un, 60 and the base model 0 (loss on the examples: mix 0.30, best single adapter 1.00, base model 8.00). Use that adapter alone
        0  | 33 | 30 | 8 | 1   | 0.3 | base model 8.00); with so few examples the difference may be chance (95 % intervals 38–62 % and 42–67 %). Use that adapter alone
        40 | 5  | 10 | 8 | 1   | 0.3 | The search found no mix that is better than the base model. The mix gets 10 of 60 held-out examples right, the best single adapter, un, 5 and the base model 40 (
        40 | 10 | 5  | 8 | 1   | 0.3 | The search found no mix that is better than the base model. The mix gets 5 of 60 held-out examples right, the best single adapter, un, 10 and the base model 40 (
        40 | 40 | 5  | 8 | 1   | 0.3 | The best single adapter is better than the mix. The mix gets 5 of 60
        33 | 5  | 30 | 8 | 1   | 0.3 | base model 8.00); with so few examples the difference may be chance (95 % intervals 38–62 % and 42–67 %). Try other candidates
        5  | 40 | 40 | 8 | 1   | 0.3 | un, 40 and the base model 5; only the loss on the examples is lower with the mix (loss on the examples: mix 0.30, best single adapter 1.00, base model 8.00).
        5  | 40 | 40 | 8 | 0.2 | 0.3 | The best single adapter is better than the mix. The mix gets 40 of 60 held-out examples right, the best single adapter, un, 40 and the base model 5 (loss on the examples: mix 0.30, best single adapter 0.20, base model 8.00).
        40 | 5  | 40 | 8 | 1   | 0.3 | un, 5 and the base model 40; only the loss on the examples is lower with the mix
        60 | 60 | 60 | 8 | 1   | 1   | The best single adapter is about as good as the mix. The mix gets 60 of 60
        40 | 40 | 40 | 1 | 1   | 1   | The search found no mix that is better than the base model. The mix gets 40 of 60
        0  | 0  | 0  | 8.12 | 1.02 | 0.32 | No held-out example is exactly right, but the mix has a far lower loss on the examples (0.32) than the best single adapter, un (1.02), and the base model (8.12): a larger budget or more examples may help, but that isn't known.
        0  | 0  | 0  | 8 | 0.4 | 0.3 | but the mix has a lower loss on the examples (0.30) than
        0  | 0  | 0  | 8 | 0.2 | 0.3 | The best single adapter is better than the mix. The mix gets 0 of 60 held-out examples right, the best single adapter, un, 0 and the base model 0 (loss on the examples: mix 0.30, best single adapter 0.20, base model 8.00). Use
        0  | 0  | 0  | 8 | 0.3 | 0.3 | The best single adapter is about as good as the mix. The mix gets 0 of 60
        0  | 0  | 0  | 1 | 2   | 1   | The search found no mix that is better than the base model. The mix gets 0 of 60
        0  | 0  | 0  | 1 | 2   | NaN | The search found no mix that is better than the base model. The mix gets 0 of 60 held-out examples right, the best single adapter, un, 0 and the base model 0 (loss on the examples: mix not a finite number,
        0  |    | 40 | 8 | 1   | 0.3 | The mix lowers the loss on the examples to 0.30 (best single adapter, un: 1.00; base model: 8.00).
           |    | 40 | 8 | 0.2 | 0.3 | The search found no mix as good as the best single adapter, un
           |    |    | 8 | 1   | 0.3 | The mix lowers the loss on the examples to 0.30 (best single adapter, un: 1.00; base model: 8.00). Add held-out examples
           |    |    | 8 | 0.3 | 0.3 | The best single adapter, un, is about as good as the mix: loss 0.30 on the examples (mix 0.30, base model 8.00). Use that
           |    |    | 8 | 0.2 | 0.3 | The search found no mix as good as the best single adapter, un: its loss on the examples is 0.20 (mix 0.30, base model 8.00). Use that adapter alone, or a larger budget.
           |    |    | 1 | 2   | 1   | The search found no mix with a lower loss on the examples (1.00) than that of the base model (1.00).
           |    |    | NaN | Infinity | 1 | The mix lowers the loss on the examples to 1.00 (best single adapter, un: not a finite number; base model: not a finite number).
        """)
    void the_verdict_says_what_the_numbers_say(
            Integer base,
            Integer single,
            Integer mix,
            double baseLoss,
            double singleLoss,
            double mixLoss,
            String expected) {
        assertThat(Verdict.of(
                        "loss",
                        control("base", base, baseLoss),
                        control("un", single, singleLoss),
                        control("composed", mix, mixLoss)))
                .contains(expected)
                .endsWith(".");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cats, cats, catscats, Dogs | Of the mix's other answers, 1 starts with the right answer but continues and 1 differs in case or spaces only.
        cats, cats, catscats, dogs | Of the mix's other answers, 1 starts with the right answer but continues.
        cats, CATS, Ca ts, dogs    | Of the mix's other answers, 2 differ in case or spaces only.
        """)
    void answers_that_are_nearly_right_are_counted(String answers, String expected) {
        List<Example> examples = Stream.of("cats", "cats", "cats", "dogs")
                .map(output -> new Example("?", output))
                .toList();
        Accuracy none = Accuracy.of(Collections.nCopies(4, "no"), examples);
        Accuracy mix = Accuracy.of(List.of(answers.split(", ")), examples);

        assertThat(Verdict.of(
                        "loss",
                        new Control("base", new double[1], 8, 8, Optional.of(none), List.of()),
                        new Control("un", new double[1], 1, 1, Optional.of(none), List.of()),
                        new Control("composed", new double[1], 0.3, 0.3, Optional.of(mix), List.of())))
                .endsWith(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "loss, The mix lowers the loss on the examples to 0.20",
        "reference, The mix lowers the loss on the examples to 0.20",
        "exact-match, The mix lowers the share of wrong answers on the examples to 0.20",
        "similarity, The mix lowers the dissimilarity on the examples to 0.20",
        "org.example.Rouge, The mix lowers the objective on the examples to 0.20"
    })
    void the_figure_is_called_what_the_objective_measures(String objective, String expected) {
        assertThat(Verdict.of(
                        objective, control("base", null, 1), control("un", null, 0.8), control("composed", null, 0.2)))
                .startsWith(expected);
    }

    private static Control control(String name, Integer right, double loss) {
        Optional<Accuracy> heldOut = Optional.ofNullable(right).map(VerdictTest::accuracy);
        return new Control(name, new double[1], loss, loss, heldOut, List.of());
    }

    private static Accuracy accuracy(int right) {
        return Accuracy.of(
                IntStream.range(0, COUNT)
                        .mapToObj(i -> i < right ? "yes" : "no")
                        .toList(),
                Collections.nCopies(COUNT, new Example("is it", "yes")));
    }
}

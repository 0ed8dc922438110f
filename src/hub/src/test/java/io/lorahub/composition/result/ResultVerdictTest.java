package io.lorahub.composition.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResult.Share;
import io.lorahub.composition.RunResult.Tried;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.result.ResultView.ResultVerdict;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.control.Verdict;
import io.lorahub.engine.model.LayerGroups;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts and offers of a result, derived from its figures alone. */
class ResultVerdictTest {

    private static Tried tried(String name, double loss, int right) {
        return new Tried(name, loss, loss, new Share(10.0 * right, 10.0 * right, 0, 30, 10, 0, 0), List.of());
    }

    private static RunResult result(Tried base, Tried single, Tried composed, RunResult.Export export) {
        RunResult result = new RunResult();
        result.verdict = Verdict.of("loss", base.control(), single.control(), composed.control());
        result.weights = Map.of();
        result.objective = composed.objective();
        result.loss = composed.loss();
        result.evaluations = 1;
        result.base = base;
        result.uniform = base;
        result.bestSingle = single;
        result.composed = composed;
        result.singles = Map.of();
        result.export = export;
        return result;
    }

    @Test
    void the_page_says_the_same_as_lists_and_programs() {
        RunResult result = result(tried("base", 9.5, 0), tried("demo/un", 1.92, 0), tried("composed", 9.44, 0), null);

        ResultVerdict verdict = ResultVerdict.of(RunSpec.of(List.of(), List.of()), result);

        assertThat(verdict.headline()).isEqualTo("The best single adapter does better than the mix.");
        assertThat(verdict.text()).isEqualTo(result.verdict).contains("Use that adapter alone");
        assertThat(verdict.good()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        relock, unfold  | false | , but gets none of them exactly right.
        RELOCK, unfold  | true  | , and gets 1 of 2 exactly right.
        RELOCK, REFOLD  | true  | each candidate alone.
        """)
    void without_held_out_examples_the_headline_says_what_comes_out_right(String said, boolean good, String end) {
        List<String> texts = List.of(said.split(", "));
        Tried base = new Tried("base", 9, 9, null, texts);
        Tried single = new Tried("demo/un", 5, 5, null, texts);
        Tried composed = new Tried("composed", 4, 4, null, texts);
        RunSpec spec = RunSpec.of(List.of(new Example("lock", "RELOCK"), new Example("fold", "REFOLD")), List.of());

        ResultVerdict verdict = ResultVerdict.of(spec, result(base, single, composed, null));

        assertThat(verdict.headline())
                .startsWith("The mix fits the examples better than the base model")
                .endsWith(end);
        assertThat(verdict.good()).isEqualTo(good);
    }

    @Test
    void a_handful_of_ranks_is_offered() {
        CompositionRun run = new CompositionRun();
        run.baseModel = new BaseModelRecord();
        run.baseModel.modelType = "t5";
        double[] errors = new double[96];
        for (int rank = 1; rank <= 96; rank++) errors[rank - 1] = rank > 40 ? 0 : Math.pow(10, -rank / 6.0);
        Tried some = tried("base", 1, 1);

        DownloadOffer offer = DownloadOffer.of(
                run,
                result(some, some, some, new RunResult.Export(96, 1, 1, errors)),
                9600,
                new ResultFiles.Fixed(0, 0),
                List.of(),
                List.of());

        assertThat(offer.ranks()).extracting(DownloadOffer.Rank::rank).containsExactly(1, 2, 4, 8, 14, 16, 19, 32, 37);
        assertThat(offer.proposed()).isEqualTo(14);
        assertThat(RunFormat.change(errors[36])).isEqualTo("not changed");
    }

    @Test
    void weights_that_are_all_nothing_are_folded_away() {
        List<AdapterWeights> weights = List.of(weights("a/a", 0), weights("a/b", 0));

        assertThat(RunFormat.main(weights)).isEmpty();
        assertThat(RunFormat.slight(weights)).isEqualTo(weights);
    }

    @Test
    void every_adapter_whose_weight_is_not_0_is_used() {
        List<AdapterWeights> weights = List.of(weights("a/a", 0, 1), weights("a/b", 0.001, 0.5), weights("a/c", 0, 0));

        assertThat(new ResultView(null, null, Optional.empty(), null, List.of(), weights, 0.5).used())
                .isEqualTo(2);
    }

    @Test
    void an_adapter_counts_by_what_its_weights_add_to_the_mix() {
        Map<String, Double> norms = Map.of("a/deep", 1.0, "a/even", 1.0, "a/loud", 9.0, "a/slight", 1.0);
        Map<String, double[]> weights = Map.of(
                "a/slight", new double[] {0.05, 0.05, 0.05},
                "a/even", new double[] {0.5, 0.5, 0.5},
                "a/deep", new double[] {0.01, 0, -1},
                "a/loud", new double[] {0.04, 0.04, 0.04});

        List<AdapterWeights> known = AdapterWeights.of(
                run(norms.keySet()), vector(norms.keySet(), weights), candidate -> norms.get(candidate.address()));
        List<AdapterWeights> unknown =
                AdapterWeights.of(run(norms.keySet()), vector(norms.keySet(), weights), candidate -> null);

        assertThat(RunFormat.main(known))
                .extracting(adapter -> adapter.candidate().address())
                .containsExactly("a/deep", "a/even", "a/loud");
        assertThat(RunFormat.main(unknown))
                .extracting(adapter -> adapter.candidate().address())
                .containsExactly("a/deep", "a/even");
        assertThat(known.get(0).bars()).extracting(WeightBar::group).containsExactly("first", "middle", "last");
    }

    private static double[] vector(Collection<String> addresses, Map<String, double[]> weights) {
        return addresses.stream()
                .flatMapToDouble(address -> DoubleStream.of(weights.get(address)))
                .toArray();
    }

    private static CompositionRun run(Collection<String> addresses) {
        CompositionRun run = new CompositionRun();
        run.spec = RunSpec.of(List.of(), List.of()).withGroups(LayerGroups.THIRDS);
        run.candidates = addresses.stream()
                .map(address -> new RunCandidate(address, "1.0.0", null))
                .toList();
        return run;
    }

    private static AdapterWeights weights(String address, double... weights) {
        Map<String, Double> byGroup = new LinkedHashMap<>();
        DoubleStream.of(weights).forEach(weight -> byGroup.put("group " + byGroup.size(), weight));
        return new AdapterWeights(new RunCandidate(address, "1.0.0", null), new PartWeights(byGroup, 0), List.of());
    }
}

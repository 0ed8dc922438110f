package io.lorahub.engine.fingerprint;

import static io.lorahub.engine.fingerprint.FactorMatrices.a;
import static io.lorahub.engine.fingerprint.FactorMatrices.b;
import static io.lorahub.engine.fingerprint.FactorMatrices.factors;
import static io.lorahub.engine.fingerprint.FactorMatrices.gaussian;
import static io.lorahub.engine.fingerprint.FactorMatrices.stack;
import static io.lorahub.engine.fingerprint.FactorMatrices.tensor;
import static io.lorahub.engine.fingerprint.FactorMatrices.times;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.LowRankProduct;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.LowRank;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Deltas;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws that hold for every adapter, tested with random adapters of random shapes and ranks. */
class FingerprintTest {

    private static final double ROUNDING = 0.01;

    @TempDir
    Path dir;

    @Test
    void of_many_modules_the_same_ones_are_kept_and_compared() {
        Fingerprint many = prints(20_000, 1);
        assertThat(many.modules()).hasSize(Fingerprint.MOST_MODULES);
        assertThat(many.similarity(prints(20_000, 1))).isCloseTo(1, within(1e-6));
        assertThat(many.similarity(prints(20_000, 2))).isLessThan(0.5);
        // an adapter with a tenth of the modules is as different from the full one as if all were compared
        assertThat(many.similarity(prints(2_000, 1))).isCloseTo(0.1, within(0.03));
        byte[] stored = FingerprintBytes.of(many);
        assertThat(stored).hasSize(FingerprintBytes.LONGEST);
        assertThat(FingerprintBytes.read(stored).similarity(many)).isCloseTo(1, within(1e-6));
    }

    private static Fingerprint prints(int modules, long seed) {
        SortedMap<Long, ModulePrint> prints = new TreeMap<>();
        for (int i = 0; i < modules; i++) {
            byte[] sketch = new byte[Sketch.PROBES];
            new Random(Mixing.mix(seed * 1_000_000 + i)).nextBytes(sketch);
            prints.put(Mixing.mix(i), new ModulePrint(sketch, new float[] {1}));
        }
        return new Fingerprint(prints);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void scaling_A_up_and_B_down_changes_nothing(long seed) {
        Random random = new Random(seed);
        assertCopy(random, m -> factors(m, times(a(m), 3 + random.nextDouble()), times(b(m), 1 / 3.7)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void mixing_the_rank_vectors_by_an_invertible_matrix_changes_nothing(long seed) {
        Random random = new Random(seed);
        assertCopy(random, m -> {
            RealMatrix r = gaussian(random, m.rank(), m.rank());
            return factors(m, r.multiply(a(m)), b(m).multiply(MatrixUtils.inverse(r)));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void padding_to_a_higher_rank_changes_nothing(long seed) {
        assertCopy(new Random(seed), m -> {
            RealMatrix a = MatrixUtils.createRealMatrix(m.rank() + 3, m.in());
            a.setSubMatrix(a(m).getData(), 0, 0);
            RealMatrix b = MatrixUtils.createRealMatrix(m.out(), m.rank() + 3);
            b.setSubMatrix(b(m).getData(), 0, 0);
            return factors(m, a, b);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void factors_of_another_rank_change_nothing(long seed) {
        Random random = new Random(seed);
        assertCopy(random, m -> {
            // B·A = (B·P)(P⁺·A) for any P [rank, more] whose rows are independent
            RealMatrix p = gaussian(random, m.rank(), m.rank() + 2);
            RealMatrix inverse = new SingularValueDecomposition(p).getSolver().getInverse();
            return factors(m, inverse.multiply(a(m)), b(m).multiply(p));
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, -1, 250})
    void a_multiple_of_the_change_is_the_same_change(double c) {
        assertCopy(new Random(1), m -> factors(m, a(m), times(b(m), c)));
    }

    @Test
    void every_module_may_have_a_multiple_of_its_own() {
        Random random = new Random(1);
        assertCopy(random, m -> factors(m, a(m), times(b(m), random.nextGaussian())));
    }

    @Test
    void dropping_small_singular_values_leaves_a_near_duplicate() {
        try (LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                LowRank low = new LowRank(LoraModules.of(un.modules()))) {
            Fingerprint cut = Fingerprint.of(low.at(6).all().values());
            assertThat(cut.similarity(of(un.modules()))).isBetween(Fingerprint.NEAR, 1.0);
        }
    }

    @Test
    void the_adapters_of_the_demo_hub_are_far_from_being_duplicates_of_each_other() {
        List<Fingerprint> all = demoHub();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(all.get(i).similarity(all.get(j))).isLessThan(0.6);
            }
        }
    }

    @Test
    void the_similarity_of_two_is_the_cosine_between_their_changes() {
        try (LoraAdapter x = anAdapter()
                        .seeded(1)
                        .ofShape(40, 50)
                        .adapting(names(40))
                        .loadedFrom(dir, "x");
                LoraAdapter y = anAdapter()
                        .seeded(2)
                        .ofShape(40, 50)
                        .adapting(names(40))
                        .loadedFrom(dir, "y")) {
            SortedMap<String, LoraModule> mixed = new TreeMap<>();
            double cosine = 0;
            for (LoraModule m : x.modules().values()) {
                LoraModule other = y.modules().get(m.name());
                // rank 4: [A of x; A of y], [B of x, B of y / 2]
                RealMatrix a = stack(a(m), a(other));
                RealMatrix b = stack(b(m).transpose(), times(b(other), 0.5).transpose())
                        .transpose();
                mixed.put(m.name(), factors(m, a, b));
                cosine += cosine(Deltas.of(m), Deltas.of(mixed.get(m.name())))
                        / x.modules().size();
            }
            assertThat(of(mixed).similarity(of(x.modules()))).isCloseTo(cosine, within(0.05));
        }
    }

    @Test
    void singular_values_are_those_of_the_product() {
        Random random = new Random(7);
        LoraModule m = LoraModule.linear("q", tensor(gaussian(random, 3, 9)), tensor(gaussian(random, 7, 3)), 2);
        double[] expected = new SingularValueDecomposition(b(m).multiply(a(m))).getSingularValues();
        assertThat(LowRankProduct.singularValues(m)).containsExactly(Arrays.copyOf(expected, 3), within(1e-6));
    }

    @Test
    void an_adapter_without_effect_resembles_none() {
        Fingerprint empty = of(new TreeMap<>(java.util.Map.of(
                "q", LoraModule.linear("q", TensorData.of(new float[4], 1, 4), TensorData.of(new float[4], 4, 1), 1))));
        assertThat(empty.modules()).isEmpty();
        assertThat(empty.similarity(empty)).isZero();
        assertThat(Buckets.of(empty)).isEmpty();
    }

    @Test
    void stored_and_read_it_is_the_same() {
        Fingerprint before = demoHub().get(0);
        Fingerprint after = FingerprintBytes.read(FingerprintBytes.of(before));
        assertThat(after.similarity(before)).isCloseTo(1, within(0.001));
        assertThat(Buckets.of(after)).isEqualTo(Buckets.of(before));
    }

    @Test
    void copies_share_buckets_and_strangers_hardly_any() {
        List<Fingerprint> all = demoHub();
        long shared = 0;
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) shared += shared(all.get(i), all.get(j));
        }
        assertThat(shared).as("over 276 pairs").isLessThan(30);
    }

    /** Like someone who hides where an adapter comes from; all copies are found through the buckets of a search. */
    @Test
    void noisy_copies_look_into_a_bucket_of_the_original() {
        try (LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"))) {
            Fingerprint original = of(un.modules());
            for (long seed = 0; seed < 100; seed++) {
                Random random = new Random(seed);
                SortedMap<String, LoraModule> noisy = new TreeMap<>();
                un.modules().forEach((name, m) -> noisy.put(name, factors(m, a(m), noisy(random, b(m), 0.5))));
                Fingerprint copy = of(noisy);
                assertThat(copy.similarity(original)).as("seed %d", seed).isBetween(Fingerprint.NEAR, 0.96);
                assertThat(commonBuckets(copy, original)).as("seed %d", seed).isPositive();
            }
        }
    }

    private static RealMatrix noisy(Random random, RealMatrix m, double share) {
        RealMatrix noise = gaussian(random, m.getRowDimension(), m.getColumnDimension());
        return m.add(times(noise, share * m.getFrobeniusNorm() / noise.getFrobeniusNorm()));
    }

    private static long commonBuckets(Fingerprint searched, Fingerprint stored) {
        int[] around = Buckets.around(Buckets.of(searched));
        return Arrays.stream(Buckets.of(stored))
                .filter(bucket -> Arrays.stream(around).anyMatch(other -> other == bucket))
                .count();
    }

    /** A copy is found by its fingerprint and its buckets; an unrelated adapter of the same shape is not. */
    private void assertCopy(Random random, UnaryOperator<LoraModule> rewrite) {
        String[] names = names(1 + random.nextInt(12));
        int rank = 1 + random.nextInt(6);
        var builder = anAdapter()
                .ofRank(rank)
                .ofShape(8 + random.nextInt(30), 8 + random.nextInt(30))
                .adapting(names);
        try (LoraAdapter original = builder.seeded(random.nextInt()).loadedFrom(dir, "original");
                LoraAdapter stranger = builder.seeded(random.nextInt()).loadedFrom(dir, "stranger")) {
            SortedMap<String, LoraModule> copy = new TreeMap<>();
            original.modules().forEach((name, m) -> copy.put(name, rewrite.apply(m)));
            Fingerprint print = of(original.modules());
            assertThat(of(copy).similarity(print)).isCloseTo(1, within(ROUNDING));
            assertThat(shared(of(copy), print)).isGreaterThan(Buckets.BANDS / 2);
            assertThat(of(stranger.modules()).similarity(print)).isLessThan(0.8);
        }
    }

    private static String[] names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "block." + i + ".q").toArray(String[]::new);
    }

    private static Fingerprint of(SortedMap<String, LoraModule> modules) {
        return Fingerprint.of(modules.values());
    }

    private static List<Fingerprint> demoHub() {
        List<Fingerprint> all = new ArrayList<>();
        for (Path path : LoraAdapter.list(Reference.demoHub("adapters"))) {
            try (LoraAdapter adapter = LoraAdapter.load(path)) {
                all.add(of(adapter.modules()));
            }
        }
        return all;
    }

    private static long shared(Fingerprint x, Fingerprint y) {
        int[] mine = Buckets.of(x);
        int[] theirs = Buckets.of(y);
        return IntStream.range(0, mine.length).filter(i -> mine[i] == theirs[i]).count();
    }

    private static double cosine(double[][] x, double[][] y) {
        double dot = 0;
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) dot += x[i][j] * y[i][j];
        }
        return dot / (Deltas.norm(x) * Deltas.norm(y));
    }
}

package io.lorahub.engine.inspection;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.inspection.CheckResult.State;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";

    @TempDir
    Path dir;

    @Test
    void a_sound_adapter_passes_every_check() {
        Inspection inspection = Inspection.of(Reference.demoHub("adapters/un"), Reference.demoHub("base"));
        assertThat(Checks.of(inspection, ""))
                .hasSize(Check.values().length)
                .allSatisfy(c -> assertThat(c.state()).isEqualTo(State.PASSED));
    }

    @Test
    void without_a_base_model_its_checks_are_skipped_with_words() {
        List<CheckResult> checks = of(anAdapter().in(dir, "un"));
        assertThat(checks)
                .filteredOn(c -> c.state() == State.SKIPPED)
                .extracting(CheckResult::id, CheckResult::note)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("base-modules", "No base."),
                        org.assertj.core.groups.Tuple.tuple("base-shapes", "No base."));
    }

    @Test
    void a_fault_fails_its_own_check_only() {
        List<CheckResult> checks = of(anAdapter()
                .ofRank(Q, 3)
                .withTensor(
                        tensor(Q, "lora_B.weight"), io.lorahub.engine.safetensors.TensorData.of(new float[12], 4, 3))
                .in(dir, "un"));
        assertThat(state(checks, Check.RANKS)).isEqualTo(State.FAILED);
        assertThat(state(checks, Check.TRAINED)).isEqualTo(State.WARNED);
        assertThat(checks).filteredOn(c -> c.state() == State.FAILED).hasSize(1);
    }

    @Test
    void weights_that_cannot_be_read_leave_their_checks_undone() throws IOException {
        Path folder = anAdapter().in(dir, "un");
        Files.writeString(folder.resolve("adapter_model.safetensors"), "what?");
        List<CheckResult> checks = of(folder);
        assertThat(state(checks, Check.HEADER)).isEqualTo(State.FAILED);
        assertThat(state(checks, Check.CONFIG)).isEqualTo(State.PASSED);
        assertThat(state(checks, Check.NUMBERS)).isEqualTo(State.SKIPPED);
    }

    @Test
    void a_missing_file_is_told_by_its_name() throws IOException {
        Path folder = anAdapter().in(dir, "un");
        Files.delete(folder.resolve("adapter_model.safetensors"));
        assertThat(of(folder).get(0).findings()).extracting(CheckFinding::code).containsExactly("weights-missing");
        Files.delete(folder.resolve("adapter_config.json"));
        assertThat(of(folder).get(0).state()).isEqualTo(State.FAILED);
    }

    @Test
    void unclaimed_findings_are_unsupported_features() {
        assertThat(state(of(anAdapter().with("use_dora", "true").in(dir, "un")), Check.SUPPORTED))
                .isEqualTo(State.FAILED);
    }

    @Test
    void a_broken_base_model_fails_the_comparison() throws IOException {
        Path base = Files.createDirectory(dir.resolve("base"));
        List<CheckResult> checks = Checks.of(Inspection.of(anAdapter().in(dir, "un"), base), "");
        assertThat(state(checks, Check.BASE_MODULES)).isEqualTo(State.FAILED);
        assertThat(state(checks, Check.BASE_SHAPES)).isEqualTo(State.SKIPPED);
        assertThat(state(checks, Check.FILES)).isEqualTo(State.PASSED);
    }

    private static List<CheckResult> of(Path folder) {
        return Checks.of(Inspection.of(folder), "No base.");
    }

    private static State state(List<CheckResult> checks, Check check) {
        return checks.get(check.ordinal()).state();
    }
}

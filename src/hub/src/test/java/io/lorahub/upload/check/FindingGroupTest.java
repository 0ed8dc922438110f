package io.lorahub.upload.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.upload.check.CheckList.FindingGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingGroupTest {

    @Test
    void findings_with_one_cause_and_one_fix_are_grouped() {
        FindingCollector collector = new FindingCollector();
        for (int i = 0; i < 60; i++) collector.accept(rank("layer." + i, "Correct r."));
        collector.accept(CheckFinding.error("not-a-matrix", "odd", "odd is none.", "Gather the shards."));
        collector.accept(CheckFinding.warning("published-before", "me/un", "You have published it.", ""));

        List<FindingGroup> groups = FindingGroup.of(collector.findings());

        assertThat(groups).extracting(FindingGroup::size).containsExactly(50, 1, 1);
        FindingGroup ranks = groups.get(0);
        assertThat(ranks.first().subject()).isEqualTo("layer.0");
        assertThat(ranks.named()).containsExactly("layer.1", "layer.2", "layer.3");
        assertThat(ranks.folds()).isTrue();
        assertThat(ranks.all())
                .extracting(CheckFinding::subject)
                .startsWith("layer.0", "layer.1")
                .hasSize(50);
        assertThat(ranks.unlisted()).isEqualTo("There are 10 more findings of the kind rank-mismatch.");
        assertThat(groups).extracting(FindingGroup::adapter).containsExactly("", "", "me/un");
    }

    @Test
    void another_advice_is_another_group_and_a_few_are_all_named() {
        List<FindingGroup> groups = FindingGroup.of(List.of(
                rank("a", "Correct r."),
                rank("b", "Correct r."),
                rank("c", "Save it again."),
                rank("d", "Correct r.")));

        assertThat(groups).extracting(FindingGroup::size).containsExactly(3, 1);
        assertThat(groups.get(0).named()).containsExactly("b", "d");
        assertThat(groups.get(0).folds()).isFalse();
    }

    private static CheckFinding rank(String tensor, String fix) {
        return CheckFinding.error("rank-mismatch", tensor, tensor + " has rank 8, but the configuration says 4.", fix);
    }
}

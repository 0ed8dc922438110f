package io.lorahub.bench.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.upgrade.UpgradeBenchCommand.Ended;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpgradeBenchTest {

    @Test
    void the_table_says_what_ended_otherwise() {
        ObjectNode result = BenchOutput.JSON.createObjectNode().put("from", "a45ac5d2");
        result.set(
                "work",
                BenchOutput.JSON.valueToTree(List.of(
                        new Ended("run in the queue", "20 queued", "20 succeeded", ""),
                        new Ended("upload", "half sent", "passed", "4,096 bytes were lost"))));

        assertThat(UpgradeBenchCommand.text(result).lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "run in the queue 20 queued 20 succeeded yes",
                        "upload half sent passed no: 4,096 bytes were lost",
                        "1 of 2 ended otherwise.");
    }
}

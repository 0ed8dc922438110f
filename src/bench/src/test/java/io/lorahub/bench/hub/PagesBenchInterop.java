package io.lorahub.bench.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With Lighthouse from npm. Its scores of performance depend on the machine and are not checked here; the others are. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class PagesBenchInterop {

    @TempDir
    Path folder;

    @Test
    void lighthouse_finds_nothing_wrong_with_the_first_pages() throws Exception {
        BenchLine line =
                BenchLine.run("pages", "--rounds", "1", "--budget", "5", "--folder", folder.toString(), "--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        JsonNode json = line.json();
        assertThat(json.path("pages")).hasSize(10).allSatisfy(page -> {
            assertThat(page.path("performance").asDouble()).isPositive();
            assertThat(page.path("largest_contentful_paint_seconds").asDouble()).isPositive();
            assertThat(page.path("accessibility").asDouble()).as("%s", page).isEqualTo(100);
        });
        assertThat(PagesBenchCommand.text(json)).contains("start, phone", "result, desktop", "Target, a performance");
        assertThat(folder).isEmptyDirectory();
    }
}

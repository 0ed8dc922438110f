package io.lorahub.engine.lora.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterConfigTest {

    private static final String Q0 = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String Q1 = "encoder.block.1.layer.0.SelfAttention.q";
    private static final String V1 = "decoder.block.1.layer.1.EncDecAttention.v";

    private final List<CheckFinding> findings = new ArrayList<>();

    @Test
    void the_scale_is_alpha_over_the_rank() throws IOException {
        AdapterConfig config = read("{'r': 4, 'lora_alpha': 10}");
        assertThat(config.scaleOf(Q0)).isEqualTo(2.5);
        assertThat(findings).isEmpty();
    }

    @Test
    void with_rslora_it_is_alpha_over_the_root_of_the_modules_own_rank() throws IOException {
        AdapterConfig config = read("{'r': 4, 'lora_alpha': 6, 'use_rslora': true, 'rank_pattern': {'v': 9}}");
        assertThat(config.scaleOf(Q0)).isEqualTo(3);
        assertThat(config.scaleOf(V1)).isEqualTo(2);
    }

    @Test
    void patterns_set_rank_and_alpha_apart() throws IOException {
        AdapterConfig config = read("{'r': 4, 'lora_alpha': 8, 'rank_pattern': {'q': 2}, 'alpha_pattern': {'v': 1.0}}");
        assertThat(config.scaleOf(Q0)).isEqualTo(4);
        assertThat(config.scaleOf(V1)).isEqualTo(0.25);
    }

    @Test
    void absent_keys_take_the_defaults_of_peft() throws IOException {
        AdapterConfig config = read("{}");
        assertThat(config.scaling().rank()).isEqualTo(8);
        assertThat(config.scaling().alpha()).isEqualTo(8);
        assertThat(config.scaling().useRslora()).isFalse();
        assertThat(config.baseModel()).isEmpty();
        assertThat(config.targets().covers(Q0)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "r|'four'",
                "r|4.5",
                "r|[4]",
                "r|99999999999",
                "lora_alpha|'8'",
                "lora_alpha|1e999",
                "use_rslora|1",
                "rank_pattern|[2]",
                "rank_pattern|{'q': 'two'}",
                "target_modules|7",
                "target_modules|['q', 3]",
                "target_modules|{'q': 1}",
                "layers_to_transform|['1']",
                "base_model_name_or_path|{}",
                "lora_bias|'yes'"
            })
    void a_wrong_type_is_a_finding_about_its_key(String key, String value) throws IOException {
        read("{'%s': %s}".formatted(key, value));
        assertThat(findings).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo("config-type");
            assertThat(f.subject()).isEqualTo(key);
            assertThat(f.isError()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{'r': 0}", "{'r': -3}", "{'rank_pattern': {'q': 0}}", "{'rank_pattern': {'q': 2.5}}"})
    void a_rank_below_one_is_a_finding(String json) throws IOException {
        read(json);
        assertThat(findings).extracting(CheckFinding::code).containsExactly("rank-not-positive");
    }

    @Test
    void a_list_of_targets_means_names_and_last_parts_of_names() throws IOException {
        ModuleTargets targets =
                read("{'target_modules': ['SelfAttention.q', '" + V1 + "']}").targets();
        assertThat(targets.covers(Q0)).isTrue();
        assertThat(targets.covers(V1)).isTrue();
        assertThat(targets.covers("decoder.block.1.layer.1.EncDecAttention.q")).isFalse();
        assertThat(targets.covers("decoder.block.0.layer.1.EncDecAttention.v")).isFalse();
    }

    @Test
    void one_text_is_an_expression_for_the_whole_name() throws IOException {
        ModuleTargets targets =
                read("{'target_modules': 'encoder.*\\\\.(q|v)'}").targets();
        assertThat(targets.covers(Q0)).isTrue();
        assertThat(targets.covers(V1)).isFalse();
        assertThat(read("{'target_modules': 'q'}").targets().covers(Q0)).isFalse();
    }

    /** What Python spells differently than Java. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "encoder[.]block[.][0-9]{,2}[.].*",
                "(?P<side>encoder|decoder)[.](?:[^.[]+[.])+q",
                "[]a-z[]+[.].*[.][^]&&q]*q"
            })
    void an_expression_is_in_Python_s_syntax(String expression) throws IOException {
        assertThat(read("{'target_modules': '%s'}".formatted(expression))
                        .targets()
                        .covers(Q0))
                .isTrue();
    }

    @Test
    void all_linear_leaves_out_the_output_embedding() throws IOException {
        ModuleTargets targets = read("{'target_modules': 'all-linear'}").targets();
        assertThat(targets.covers(Q0)).isTrue();
        assertThat(targets.covers("lm_head")).isFalse();
    }

    @Test
    void excluded_modules_are_not_covered() throws IOException {
        assertThat(read("{'target_modules': ['q'], 'exclude_modules': ['block.0.layer.0.SelfAttention.q']}")
                        .targets())
                .satisfies(t -> assertThat(t.covers(Q0)).isFalse())
                .satisfies(t -> assertThat(t.covers(Q1)).isTrue());
        assertThat(read("{'target_modules': ['q'], 'exclude_modules': '.*block\\\\.1.*'}")
                        .targets()
                        .covers(Q1))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'layers_pattern': 'block'",
                "'layers_pattern': ['h', 'block']",
                "'layers_pattern': null",
                "'layers_pattern': []",
                "'layers_pattern': ''"
            })
    void only_the_given_layers_are_covered(String pattern) throws IOException {
        ModuleTargets targets = read("{'target_modules': ['q'], 'layers_to_transform': [1], %s}".formatted(pattern))
                .targets();
        assertThat(targets.covers(Q0)).isFalse();
        assertThat(targets.covers(Q1)).isTrue();
    }

    @Test
    void a_layers_pattern_takes_the_number_behind_it() throws IOException {
        ModuleTargets targets = read("{'target_modules': ['q'], 'layers_to_transform': 0, 'layers_pattern': 'layer'}")
                .targets();
        assertThat(targets.covers(Q1)).isTrue();
    }

    @Test
    void a_bad_expression_is_a_finding() throws IOException {
        read("{'target_modules': '(q'}");
        assertThat(findings).extracting(CheckFinding::code).containsExactly("pattern-unusable");
    }

    private AdapterConfig read(String json) throws IOException {
        return new ConfigReading(new ObjectMapper().readTree(json.replace('\'', '"')), findings::add).config();
    }
}

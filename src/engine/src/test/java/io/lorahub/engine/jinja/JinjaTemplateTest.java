package io.lorahub.engine.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.jinja.value.JinjaException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates render as in transformers, and malicious ones end early. */
class JinjaTemplateTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.systemUTC();

    @TestFactory
    Stream<DynamicTest> expressions_and_blocks_as_transformers_renders_them() throws IOException {
        JsonNode golden = resource("/jinja/language.json");
        Map<String, Object> variables = map(golden.get("variables"));
        return StreamSupport.stream(golden.get("templates").spliterator(), false)
                .map(row -> dynamicTest(
                        row.get("template").asText(),
                        () -> compare(
                                row,
                                () -> JinjaTemplate.parse(row.get("template").asText())
                                        .render(variables, CLOCK))));
    }

    @TestFactory
    Stream<DynamicTest> templates_of_published_models_as_transformers_renders_them() throws IOException {
        JsonNode golden = resource("/chat-templates/golden.json");
        Clock clock =
                Clock.fixed(LocalDateTime.parse(golden.get("now").asText()).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        return golden.get("templates").properties().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> {
                    JinjaTemplate template = JinjaTemplate.parse(text("/chat-templates/" + entry.getKey() + ".jinja"));
                    for (JsonNode row : entry.getValue().get("results")) {
                        Map<String, Object> variables =
                                new HashMap<>(map(entry.getValue().get("tokens")));
                        String conversation = row.get("conversation").asText();
                        variables.put(
                                "messages", JSON.convertValue(golden.at("/conversations/" + conversation), List.class));
                        variables.put("tools", null);
                        variables.put("documents", null);
                        variables.put(
                                "add_generation_prompt",
                                row.get("add_generation_prompt").asBoolean());
                        compare(row, () -> template.render(variables, clock));
                    }
                }));
    }

    private static void compare(JsonNode row, java.util.function.Supplier<String> rendering) {
        if (row.has("text")) {
            assertThat(rendering.get()).isEqualTo(row.get("text").asText());
        } else {
            assertThatThrownBy(rendering::get).isInstanceOf(JinjaException.class);
        }
    }

    @Test
    void the_words_of_raise_exception_are_the_message() {
        assertThatThrownBy(() -> render("{% if true %}{{ raise_exception('Roles must alternate!') }}{% endif %}"))
                .isInstanceOf(RaisedException.class)
                .hasMessage("Roles must alternate!");
    }

    @Test
    void other_failures_name_the_line() {
        assertThatThrownBy(() -> render("a\n\n{% if true %}\n{{ missing.name }}{% endif %}"))
                .hasMessage("line 4: 'missing' is undefined");
        assertThatThrownBy(() -> render("a\n{% include 'x' %}"))
                .hasMessage("line 2: the tag 'include' is not supported");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%d %b %Y            | 05 Mar 2026",
                "%A %-d %B %y, %H:%M | Thursday 5 March 26, 14:07",
                "%j %I %p %S %%      | 064 02 PM 09 %",
                "%e/%m, %F %T        | ' 5/03, 2026-03-05 14:07:09'"
            })
    void strftime_now_writes_the_time_of_the_clock(String format, String expected) {
        Clock clock = Clock.fixed(LocalDateTime.of(2026, 3, 5, 14, 7, 9).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        assertThat(JinjaTemplate.parse("{{ strftime_now(f) }}").render(Map.of("f", format), clock))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{% for i in range(99999) %}{{ 'a long text' * 1000 }}{% endfor %}",
                "{{ 'x' * 9999999999 }}",
                "{{ [1] * 9999999999 }}",
                "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
                "{% set ns = namespace(t='x') %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
                "{% set ns = namespace(t='xx') %}{% for i in range(99) %}{% set ns.t = ns.t|replace('x', ns.t) %}{% endfor %}",
                "{% set ns = namespace(t=[1]) %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t }}",
                "{% set ns = namespace(t=[1]) %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t == [ns.t[0], ns.t[1]] }}",
                "{% set ns = namespace(t=[1]) %}{% for i in range(99) %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.t|tojson }}",
                "{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{{ ('a' * 3000000) in ('a' * 2000000 + 'b') * 3 or ('a' * 2000000 + 'b') in ('a' * 9000000) }}",
                "{{ ('aa' * 9000000).split('a' * 800000 + 'b') }}",
                "{{ (('a' * 6000000)|list)|join(', ') }}",
                "{{ [1]|batch(2000000000, 'x')|list }}",
                "{{ [1]|slice(2000000000, 'x')|list }}",
                "{{ 'x'|center(2000000000) }}",
                "{{ ('a b ' * 2000000)|wordwrap(1, wrapstring='x' * 1000) }}",
                "{{ ('a-' * 9000000)|wordwrap(3) }}",
                "{{ ('a' * 9000000)|urlencode }}",
                "{{ ('a ' * 9000000).split() }}",
                // each keeps lists that cost one character for each element, or nothing
                "{% set ns = namespace(t=[]) %}{% for i in range(290) %}{% set ns.t = ns.t + [range(100000)] %}{% endfor %}",
                "{% set ns = namespace(t=[]) %}{% set d = namespace(m={}) %}{% for i in range(3000) %}"
                        + "{% set d.m = dict(d.m, **{i|string: i}) %}{% set ns.t = ns.t + [d.m] %}{% endfor %}",
                "{% set r = range(100000) %}{% set ns = namespace(t=[]) %}{% for i in range(999) %}"
                        + "{% set ns.t = ns.t + [r|list, r.copy(), r[1:], r|reverse|list] %}{% endfor %}",
                "{% set ns = namespace(t=[]) %}{% set s = 'a,' * 9999 %}{% for i in range(1500) %}"
                        + "{% set ns.t = ns.t + [s.split(',')] %}{% endfor %}",
            })
    void a_template_that_does_too_much_is_stopped(String template) {
        long start = System.nanoTime();
        long allocated = allocatedBytes();
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(allocatedBytes() - allocated).isLessThan(600L << 20); // of which far less is kept at a time
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void deep_nesting_and_long_sources_are_refused() {
        assertThatThrownBy(() -> render("{{ " + "(".repeat(200_000) + ")".repeat(200_000) + " }}"))
                .isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("{% if 1 %}".repeat(90_000))).isInstanceOf(JinjaException.class);
        assertThatThrownBy(() -> render("x".repeat(1_000_001))).hasMessageContaining("characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.getClass() }}",
                "{{ ''.class.forName('java.lang.Runtime') }}",
                "{{ messages.getClass().getClassLoader() }}",
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ range.__globals__['os'] }}",
                "{{ raise_exception.__init__.__globals__.sys }}",
                "{{ messages.append(1) }}",
                "{{ messages.clear() }}",
                "{{ messages[0].update({'role': 'x'}) }}",
            })
    void nothing_outside_the_template_can_be_reached_or_changed(String template) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
    }

    private static String render(String template) {
        return JinjaTemplate.parse(template)
                .render(Map.of("messages", List.of(Map.of("role", "user", "content", "hi"))), CLOCK);
    }

    private static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<>() {});
    }

    private static JsonNode resource(String name) throws IOException {
        return JSON.readTree(text(name));
    }

    private static String text(String name) throws IOException {
        try (InputStream in = JinjaTemplateTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}

package io.lorahub.upload.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardImport;
import io.lorahub.upload.UploadLimits;
import io.lorahub.web.FieldError;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadmeTest {

    @Test
    void text_that_does_not_fit_a_card_is_left_out_and_reported() {
        CardImport fitting = Readme.of("""
                ---
                language: [en, multilingual]
                tags: [spelling, "two words", "base_model:adapter:google/flan-t5-small"]
                license: llama9000
                ---
                # Prefix un-

                """ + "Puts un before a word.\n\n" + "More of it.\n\n".repeat(20_000))
                .card();
        Card card = fitting.card();
        assertThat(card.faults()).extracting(FieldError::field).containsExactly("licence");
        assertThat(card.languages()).containsExactly("en");
        assertThat(card.tags()).containsExactly("spelling");
        assertThat(card.description())
                .hasSizeBetween(90_000, 100_000)
                .startsWith("More of it.")
                .endsWith("it.\n\n…");
        assertThat(fitting.lost())
                .extracting(FieldError::field)
                .containsExactly("description", "tags", "languages", "licence");
        assertThat(fitting.lost())
                .extracting(FieldError::message)
                .anyMatch(m -> m.contains("“multilingual”"))
                .anyMatch(m -> m.endsWith("digits and hyphens: “two words”."));
    }

    @Test
    void a_byte_order_mark_hides_no_metadata() {
        assertThat(Readme.of("\uFEFF---\nlicense: mit\n---\n# Un\n").metadata().get("license"))
                .isEqualTo("mit");
    }

    @Test
    void metadata_are_values_that_json_can_have() {
        Readme readme = Readme.of("""
                ---
                date: 2024-01-02
                at: 2024-01-02T03:04:05Z
                ? ~
                : nothing
                none:
                shares: [0.5, 1, true]
                same: [&x [a], *x]
                ---
                """);

        assertThat(readme.metadata())
                .hasSize(6)
                .containsEntry("date", "2024-01-02")
                .containsEntry("at", "2024-01-02T03:04:05Z")
                .containsEntry("null", "nothing")
                .containsEntry("none", null)
                .containsEntry("shares", List.of(0.5, 1, true))
                .containsEntry("same", List.of(List.of("a"), List.of("a")));
    }

    /** Each level of what contains itself would have all others in it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &x [1, *x]",
                "a: &x {b: *x}",
                "a: &x [[*x]]",
                "? &x [[*x]]\n: 1",
                "a: &x !!set {? [*x]}",
                "a: &a [%s]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]"
            })
    void metadata_that_contain_themselves_or_repeat_too_much_are_none(String yaml) {
        String text = "---\n" + yaml.replace("%s", "x".repeat(30_000)) + "\n---\n# Un\n";

        Readme readme = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Readme.of(text));

        assertThat(readme.metadata()).isEmpty();
        assertThat(readme.metadataFault()).get().asString().startsWith("The metadata are not YAML");
        assertThat(readme.card().card().title()).isEqualTo("Un");
    }

    @Test
    void the_first_paragraph_is_the_summary_and_is_not_said_twice() {
        assertThat(card("# Un\n\nPuts *un* before\na word.\n\nIn detail."))
                .isEqualTo("Puts un before a word.|In detail.");
        assertThat(card("# Un\n\nPuts un before a word.")).isEqualTo("Puts un before a word.|");
        assertThat(card("---\nshort_description: Puts un before a word.\n---\nPuts un before a word.\n\nIn detail."))
                .isEqualTo("Puts un before a word.|In detail.");
        assertThat(card("Merged by `add_weighted_adapter` of **PEFT** in my_own_way."))
                .isEqualTo("Merged by add_weighted_adapter of PEFT in my_own_way.|");
        String rest = "And so on, ".repeat(40) + "until it ends.";
        assertThat(card("Puts un before a word, e.g. happy. " + rest))
                .isEqualTo("Puts un before a word, e.g. happy.|" + rest);
    }

    @Test
    void text_other_than_prose_stays_in_the_description() {
        String list = "It writes:\n- un before a word\n- nothing else";
        assertThat(card(list)).isEqualTo("It writes: un before a word; nothing else|" + list);
        String link = "Made from [Scowl](http://wordlist.aspell.net).";
        assertThat(card(link)).isEqualTo("Made from Scowl.|" + link);
        String changed = "Puts ~~an~~ un before a word[^1], not `~~`.\n\n[^1]: Of English.";
        assertThat(card(changed)).isEqualTo("Puts un before a word, not ~~.|" + changed);
    }

    @Test
    void data_sets_are_named_once() {
        assertThat(Readme.of("---\ndatasets: [scowl]\n---\nWords.")
                        .card()
                        .card()
                        .trainingData())
                .isEqualTo("Datasets: scowl.");
        assertThat(Readme.of("---\ndatasets: [scowl]\n---\nWords.\n\n## Training data\n\nScowl, cleaned.")
                        .card()
                        .card()
                        .trainingData())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<!--", "# a # ", "#\t", "---\n", "--- ", " \t", "\n\r", "*_`a", "]( ", ". ", "1", "~~a", "[^"})
    void a_text_of_a_stranger_takes_time_that_grows_with_its_length_only(String piece) {
        for (String begin : List.of("", "# ", "---\n", "---\ntitle: a\n---\n# a", "a")) {
            String text = begin + piece.repeat((int) UploadLimits.TEXT_BYTES / piece.length());
            assertThat(assertTimeoutPreemptively(
                            Duration.ofSeconds(60), () -> Readme.of(text).card()))
                    .as(begin)
                    .isNotNull();
        }
    }

    @Test
    void comments_and_closing_marks_of_headings_are_left_out() {
        assertThat(Readme.of("\n--- \r\ntitle: Ann\r\n---\t\r\n<!-- a -->Puts<!-- b\n--> an before <!-- c")
                        .card()
                        .card())
                .extracting(Card::title, Card::summary)
                .containsExactly("Ann", "Puts an before <!-- c");
        assertThat(Readme.of("# Prefix un ##\nPuts un before a word.")
                        .card()
                        .card()
                        .title())
                .isEqualTo("Prefix un");
        assertThat(Readme.of("---\ntitle: Ann\n--- x\n").card().card().title()).isEmpty();
        assertThat(Readme.of("# Model Card for Model ID\n\nMore.").card().card().description())
                .isEmpty();
    }

    @Test
    void characters_that_the_database_cannot_store_are_left_out() {
        Card card = Readme.of("---\ntitle: \"A\\0n\\ud800n\"\n---\nPuts\0 an.")
                .card()
                .card();
        assertThat(card.title()).isEqualTo("Ann");
        assertThat(card.summary()).isEqualTo("Puts an.");
    }

    private static String card(String readme) {
        Card card = Readme.of(readme).card().card();
        return card.summary() + "|" + card.description();
    }
}

package io.lorahub.adapter.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Cards;
import io.lorahub.web.FieldError;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CardTest {

    @Test
    void a_complete_card_has_no_faults() {
        assertThat(Cards.aCard().faults()).isEmpty();
    }

    @Test
    void all_faults_come_at_once_by_field() {
        Card card =
                new Card("", "x".repeat(301), "", List.of("two words"), List.of("english"), "", true, "", "", "", "");
        assertThat(card.faults())
                .extracting(FieldError::field)
                .containsExactly("title", "summary", "tags", "languages", "licence");
        assertThat(card.faults().get(1).message()).contains("301", "300");
    }

    @Test
    void texts_are_tidied() {
        Card card = Cards.titled("  Past\0 \u202etense\n of\tverbs ");
        assertThat(card.title()).isEqualTo("Past tense of verbs");
    }

    @Test
    void tags_are_lower_case_words_that_occur_once() {
        assertThat(Cards.tagged("Spelling", " spelling ", "text-generation", "").tags())
                .containsExactly("spelling", "text-generation");
    }

    @Test
    void more_tags_than_fit_are_a_fault() {
        String[] tags = IntStream.rangeClosed(1, 13).mapToObj(i -> "tag" + i).toArray(String[]::new);
        assertThat(Cards.tagged(tags).faults())
                .extracting(FieldError::message)
                .containsExactly("There are 13 tags; the limit is 12.");
    }

    @Test
    void languages_are_written_as_BCP_47_has_them() {
        assertThat(Cards.inLanguages("EN", "pt-br", "zh-hans").languages()).containsExactly("en", "pt-BR", "zh-Hans");
        assertThat(Cards.inLanguages("en_US").faults()).hasSize(1);
    }

    @Test
    void licences_are_known_in_any_case() {
        assertThat(Cards.under("apache-2.0", true).licence()).isEqualTo("Apache-2.0");
        assertThat(Cards.under("beerware-42", true).faults()).hasSize(1);
    }

    @Test
    void the_licence_decides_over_derivatives_where_it_speaks_of_them() {
        assertThat(Cards.under("MIT", false).derivatives()).isTrue();
        assertThat(Cards.under("CC-BY-NC-ND-4.0", true).derivatives()).isFalse();
        assertThat(Cards.under("other", true).derivatives()).isTrue();
        assertThat(Cards.under("other", false).derivatives()).isFalse();
    }

    @Test
    void the_list_of_licences_holds_what_models_have() {
        assertThat(Licence.all()).extracting(Licence::id).contains("openrail", "llama3.1", "gemma", "CC-BY-NC-ND-4.0");
        assertThat(Licence.all()).extracting(Licence::name).doesNotHaveDuplicates();
        assertThat(Collections.frequency(
                        Licence.all().stream().map(Licence::family).toList(), Licence.Family.COMMON))
                .isBetween(5, 12);
    }
}

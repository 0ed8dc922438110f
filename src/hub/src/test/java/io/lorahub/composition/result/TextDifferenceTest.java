package io.lorahub.composition.result;

import static io.lorahub.composition.result.PredictionTable.TextDifference.Kind.MISSING;
import static io.lorahub.composition.result.PredictionTable.TextDifference.Kind.SAME;
import static io.lorahub.composition.result.PredictionTable.TextDifference.Kind.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.composition.result.PredictionTable.TextDifference;
import io.lorahub.composition.result.PredictionTable.TextDifference.Piece;
import org.junit.jupiter.api.Test;

class TextDifferenceTest {

    @Test
    void a_right_prediction_is_one_piece() {
        assertThat(TextDifference.of("unlocked", "unlocked")).containsExactly(new Piece(SAME, "unlocked"));
    }

    @Test
    void missing_letters_are_gaps() {
        assertThat(TextDifference.of("lock", "unlocked"))
                .containsExactly(new Piece(MISSING, "un"), new Piece(SAME, "lock"), new Piece(MISSING, "ed"));
    }

    @Test
    void a_wrong_letter_is_marked_and_is_not_missing_as_well() {
        assertThat(TextDifference.of("malady", "maladied"))
                .containsExactly(new Piece(SAME, "malad"), new Piece(WRONG, "y"), new Piece(MISSING, "ed"));
    }

    @Test
    void superfluous_letters_are_marked_as_wrong() {
        assertThat(TextDifference.of("unlockeded", "unlocked"))
                .anySatisfy(piece -> assertThat(piece.kind()).isEqualTo(WRONG))
                .noneSatisfy(piece -> assertThat(piece.kind()).isEqualTo(MISSING));
    }

    @Test
    void nothing_said_is_all_missing() {
        assertThat(TextDifference.of("", "yes")).containsExactly(new Piece(MISSING, "yes"));
        assertThat(new Piece(MISSING, "unlocked").dots()).isEqualTo("···");
    }
}

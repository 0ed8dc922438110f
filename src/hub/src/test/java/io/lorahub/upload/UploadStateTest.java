package io.lorahub.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.web.ProblemException;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class UploadStateTest {

    @Test
    void only_what_passed_can_be_published() {
        for (UploadState state : UploadState.values()) {
            assertThat(state.canBecome(UploadState.PUBLISHED)).isEqualTo(state == UploadState.PASSED);
        }
    }

    @Test
    void open_runs_can_be_cancelled_and_ended_ones_stay_ended() {
        for (UploadState state : UploadState.values()) {
            assertThat(state.canBecome(UploadState.CANCELLED)).isEqualTo(state.isOpen());
            assertThat(state.next().isEmpty()).isNotEqualTo(state.isOpen());
        }
    }

    @Test
    void a_checked_upload_can_receive_files_again_but_not_during_the_check() {
        var again = EnumSet.allOf(UploadState.class);
        again.removeIf(state -> !state.canBecome(UploadState.RECEIVING));

        assertThat(again).containsExactlyInAnyOrder(UploadState.PASSED, UploadState.FAILED);
    }

    @Test
    void of_the_card_of_a_cancelled_upload_only_its_title_is_left() {
        Upload upload = new Upload();
        upload.card = Draft.titled("Past tense")
                .over(Draft.licensed("MIT", "x".repeat(1000)))
                .json();
        upload.become(UploadState.CANCELLED);
        assertThat(upload.card).isEqualTo(Draft.titled("Past tense").json());
    }

    @Test
    void a_draft_is_no_longer_than_a_card_can_be() {
        Draft longest = Draft.licensed("MIT", "\"".repeat(100_000));
        assertThat(longest.requireShort()).isSameAs(longest);
        assertThatThrownBy(() -> Draft.licensed("MIT", "x".repeat(300_000)).requireShort())
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("the limit is 300,000");
    }

    @Test
    void a_forbidden_change_names_the_upload_and_both_states() {
        Upload upload = new Upload();

        assertThatThrownBy(() -> upload.become(UploadState.PUBLISHED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The upload %s is RECEIVING and cannot become PUBLISHED.", upload.id);
    }
}

package io.lorahub.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void a_forbidden_change_names_the_upload_and_both_states() {
        Upload upload = new Upload();

        assertThatThrownBy(() -> upload.become(UploadState.PUBLISHED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The upload %s is RECEIVING and cannot become PUBLISHED.", upload.id);
    }
}

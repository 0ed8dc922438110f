package io.lorahub.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.testsupport.hostile.GeneratedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.input.BrokenInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Incoming files, and their state when the input breaks or the process dies. */
interface StagingContract extends StoreUnderTest {

    @Test
    default void files_no_longer_staged_are_not_published() {
        StagedFile staged = stage("hello");
        store().delete(staged.key());

        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> store().publish(staged, KEY))
                .withMessageContaining(staged.key());
        assertThat(store().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, PART_BYTES + 7})
    default void a_broken_input_is_kept_and_can_be_continued(int arrived) throws IOException {
        StagedFile part = store().stage(broken(arrived), NO_LIMIT);

        assertThat(part.complete()).isFalse();
        assertThat(part.size()).isEqualTo(arrived);
        assertThat(part.sha256()).isEqualTo(DigestUtils.sha256Hex(new GeneratedInput(arrived)));
        try (InputStream in = store().open(part.key())) {
            StagedFile whole =
                    store().stage(new SequenceInputStream(in, StoreUnderTest.text(" and the rest")), NO_LIMIT);
            assertThat(whole.complete()).isTrue();
            assertThat(whole.size()).isEqualTo(arrived + 13);
        }
    }

    @Test
    default void a_broken_input_is_not_published() {
        StagedFile part = store().stage(broken(5), NO_LIMIT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().publish(part, KEY))
                .withMessageContaining("first 5 bytes");
        assertThat(store().stat(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, PART_BYTES, 3 * PART_BYTES})
    default void too_large_an_input_is_refused_and_leaves_nothing(int maxBytes) {
        assertThatExceptionOfType(TooLargeException.class)
                .isThrownBy(() -> store().stage(new GeneratedInput(maxBytes + 1), maxBytes))
                .satisfies(e -> assertThat(e.maxBytes()).isEqualTo(maxBytes));
        assertThat(keys("")).isEmpty();
    }

    @Test
    default void an_input_may_be_as_large_as_allowed() {
        assertThat(store().stage(StoreUnderTest.text("hello"), 5).complete()).isTrue();
    }

    @Test
    default void a_failure_of_the_program_while_it_reads_leaves_nothing() {
        InputStream in = new GeneratedInput(3L * PART_BYTES, 2L * PART_BYTES + 1, () -> {
            throw new IllegalStateException("a fault");
        });

        assertThatIllegalStateException()
                .isThrownBy(() -> store().stage(in, NO_LIMIT))
                .withMessage("a fault");
        assertThat(keys("")).isEmpty();
    }

    @Test
    default void a_file_that_a_crash_left_in_staging_is_listed_and_can_be_deleted() {
        StagedFile left = stage("hello");

        StoredObject object = store().list(ObjectKey.STAGING).findFirst().orElseThrow();
        assertThat(object.key()).isEqualTo(left.key());
        assertThat(object.size()).isEqualTo(5);
        assertThat(object.lastModified()).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));

        store().delete(object.key());
        assertThat(keys("")).isEmpty();
    }

    @Test
    default void a_sound_store_passes_its_check_and_nothing_stays_of_it() {
        assertThatCode(() -> store().check()).doesNotThrowAnyException();
        assertThat(keys("")).isEmpty();
    }

    private static InputStream broken(int arrived) {
        return new SequenceInputStream(
                new GeneratedInput(arrived), new BrokenInputStream(new IOException("the connection is lost")));
    }
}

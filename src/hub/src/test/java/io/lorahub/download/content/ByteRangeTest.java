package io.lorahub.download.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-99, 0, 100",
        "bytes=10-19, 10, 10",
        "bytes=10-, 10, 90",
        "bytes=10-5000, 10, 90",
        "bytes=99-, 99, 1",
        "bytes=-1, 99, 1",
        "bytes=-100, 0, 100",
        "bytes=-5000, 0, 100",
        "BYTES=10-19, 10, 10",
    })
    void a_range_is_cut_to_the_file(String header, long offset, long length) {
        assertThat(ByteRange.parse(header, 100)).contains(new ByteRange(offset, length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=9-3",
                "bytes=a-b",
                "bytes=0-1,5-6",
                "items=0-5",
                "bytes=99999999999999999999-",
                "bytes=0x1-2"
            })
    void anything_but_a_single_range_is_ignored(String header) {
        assertThat(ByteRange.parse(header, 100)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=5000-6000", "bytes=-0", "bytes=999999999999999999-"})
    void a_range_beyond_the_end_is_refused(String header) {
        assertThatThrownBy(() -> ByteRange.parse(header, 100)).isInstanceOf(UnsatisfiableRangeException.class);
    }

    @Test
    void an_empty_file_has_no_range() {
        assertThatThrownBy(() -> ByteRange.parse("bytes=0-", 0)).isInstanceOf(UnsatisfiableRangeException.class);
        assertThatThrownBy(() -> ByteRange.parse("bytes=-5", 0)).isInstanceOf(UnsatisfiableRangeException.class);
    }
}

package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {

    @ParameterizedTest
    @CsvSource({
        "'vendor_id\t: GenuineIntel', false",
        "'vendor_id\t: AuthenticAMD', true",
        "'vendor_id\t: HygonGenuine', true",
        "'Intel64 Family 6 Model 85 Stepping 7, GenuineIntel', false",
        "'AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD', true",
    })
    void mkl_is_slow_on_the_processors_of_other_makers(String line, boolean slow) {
        assertThat(Processor.mklIsSlow(List.of("processor\t: 0", line))).isEqualTo(slow);
    }

    @Test
    void of_an_unknown_processor_nothing_is_assumed() {
        assertThat(Processor.mklIsSlow(List.of())).isFalse();
        assertThat(Processor.hasBfloat16(List.of())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"avx2 avx512f avx512dq avx512bw avx512vl avx512_bf16, true", "avx avx2 fma, false"})
    void bfloat16_needs_all_of_three_extensions(String flags, boolean has) {
        assertThat(Processor.hasBfloat16(List.of("processor\t: 0", "flags\t\t: fpu " + flags)))
                .isEqualTo(has);
    }
}

package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

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
        "'', false"
    })
    void mkl_is_slow_on_the_processors_of_other_makers(String maker, boolean slow) {
        assertThat(Processor.mklIsSlow(maker)).isEqualTo(slow);
    }
}

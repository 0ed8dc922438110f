package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.binary.Base32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeBasedCodesTest {

    /** RFC 6238, appendix B, for SHA-1: the last six of its eight digits. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void codes_are_those_of_the_RFC(long seconds, String code) {
        String secret = new Base32().encodeToString("12345678901234567890".getBytes(StandardCharsets.US_ASCII));
        assertThat(TimeBasedCodes.code(secret, seconds / TimeBasedCodes.STEP)).isEqualTo(code);
    }

    @Test
    void a_secret_is_base32_without_padding_and_never_the_same() {
        assertThat(TimeBasedCodes.secret(20)).matches("[A-Z2-7]{32}").isNotEqualTo(TimeBasedCodes.secret(20));
        assertThat(TimeBasedCodes.secret(10)).matches("[A-Z2-7]{16}");
    }
}

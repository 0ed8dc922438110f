package io.lorahub.engine.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFaultTest {

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {"a": 1          | line 1, column 8: Unexpected end-of-input: expected close marker for Object
        {"a": 1} {}      | line 1, column 10: something follows the end of the JSON value
        {"a": 1} x       | line 1, column 10: Unrecognized token 'x'
        {"a": NaN}       | line 1, column 10: Non-standard token 'NaN'
        {"a": 1, "a": 2} | line 1, column 13: Duplicate field 'a'
        {"a" 1}          | line 1, column 6: Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value
        """)
    void the_fault_is_said_without_names_of_the_parser(String text, String expected) {
        assertThat(fault(text)).startsWith(expected).doesNotContain("Source", "Feature", "`", "\n");
    }

    @Test
    void limits_are_said_without_names_of_the_parser() {
        assertThat(fault("[".repeat(2_000)))
                .endsWith("Document nesting depth (1001) exceeds the maximum allowed (1000)");
    }

    private static String fault(String text) {
        return JsonFault.of(catchThrowableOfType(JsonProcessingException.class, () -> STRICT.readTree(text)));
    }
}

package io.lorahub.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {

    private static final String SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @Test
    void a_blob_lies_two_folders_deep() {
        assertThat(ObjectKey.blob(SHA256)).isEqualTo("blobs/2c/f2/" + SHA256);
        assertThat(ObjectKey.isKey(ObjectKey.blob(SHA256))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2cf24d",
                "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824",
                "../../../../../../../../../../../../../../../../etc/passwd12345678"
            })
    void a_text_that_is_not_a_hash_names_no_blob(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKey.blob(text))
                .withMessageContaining(text);
    }

    @Test
    void a_name_in_a_message_is_short_and_harmless() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKey.require("\u001b[2J" + "x".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\u001b"));
    }
}

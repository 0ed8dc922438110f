package io.lorahub.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordsTest {

    @Test
    void bytes_after_the_72nd_count_too() {
        String hash = Passwords.hash("a".repeat(72) + "b");
        assertThat(Passwords.matches("a".repeat(72) + "b", hash)).isTrue();
        assertThat(Passwords.matches("a".repeat(72) + "c", hash)).isFalse();
    }

    @Test
    void the_same_letters_match_however_the_system_writes_them() {
        String hash = Passwords.hash("caf\u00e9 at noon");
        assertThat(Passwords.matches("cafe\u0301 at noon", hash)).isTrue();
        assertThat(Passwords.matches("cafe at noon", hash)).isFalse();
    }

    @Test
    void an_account_without_a_password_matches_none() {
        assertThat(Passwords.matches("", null)).isFalse();
        assertThat(Passwords.matches("three small boats", null)).isFalse();
    }

    @Test
    void passwords_of_leaks_are_refused_in_any_case() {
        for (String leaked : new String[] {"q1w2e3r4t5", "Qwertyuiop", "0987654321", "1q2w3e4r5t"}) {
            assertThat(Passwords.fault(leaked, "ada"))
                    .as(leaked)
                    .hasValueSatisfying(fault -> assertThat(fault).contains("most common"));
        }
        assertThat(Passwords.fault("three small boats", "ada")).isEmpty();
    }

    @Test
    void ten_to_two_hundred_characters_are_good() {
        assertThat(Passwords.fault("abcdefghi", "ada")).isPresent();
        assertThat(Passwords.fault("xbcdefghij", "ada")).isEmpty();
        assertThat(Passwords.fault("\ud83d\ude80\ud83c\udf4e\u00e4".repeat(3), "ada"))
                .isPresent();
        assertThat(Passwords.fault("sunny ".repeat(33), "ada")).isEmpty();
        assertThat(Passwords.fault("sunny ".repeat(34), "ada")).isPresent();
    }
}

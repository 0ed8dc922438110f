package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathTest {

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "//evil.example",
                "/\\evil.example",
                "\\/evil.example",
                "https://evil.example/",
                "javascript:alert(1)",
                "evil",
                "/\t/evil.example",
                "/\n/evil.example",
                "/a\r\nSet-Cookie: x=y",
                " /a"
            })
    void addresses_of_other_sites_become_the_start_page(String text) {
        assertThat(LocalPath.orStart(text).text()).isEqualTo("/");
    }

    @Test
    void a_path_keeps_its_query() {
        assertThat(LocalPath.orStart("/adapters?q=un%20past&rank=8").text()).isEqualTo("/adapters?q=un%20past&rank=8");
    }
}

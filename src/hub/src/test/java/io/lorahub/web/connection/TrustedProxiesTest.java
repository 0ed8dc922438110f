package io.lorahub.web.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private final TrustedProxies proxies = new TrustedProxies(List.of("127.0.0.1", "10.0.0.0/8", "fd00::/8"));

    @ParameterizedTest
    @CsvSource({
        "'203.0.113.9',203.0.113.9",
        "'1.2.3.4, 203.0.113.9',203.0.113.9",
        "'1.2.3.4, 203.0.113.9, 10.1.2.3',203.0.113.9",
        "'10.9.9.9, 10.1.2.3',10.9.9.9",
        "'203.0.113.9:4711',203.0.113.9",
        "'[2001:db8::1]:4711, fd00::5',2001:db8:0:0:0:0:0:1",
        "'1.2.3.4, nonsense, 10.1.2.3',10.1.2.3"
    })
    void the_client_is_the_last_address_that_is_no_proxy_of_ours(String sent, String client) throws Exception {
        assertThat(cleaned("127.0.0.1", "X-Forwarded-For", sent).get("X-Forwarded-For"))
                .isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "Forwarded"})
    void nobody_else_is_believed(String name) throws Exception {
        assertThat(cleaned("203.0.113.9", name, "8.8.8.8").names()).containsExactly("X-Forwarded-By-Unknown");
    }

    @Test
    void the_nearest_proxy_says_how_it_was_asked() throws Exception {
        HttpHeaders headers = cleaned("10.0.0.1", "X-Forwarded-Proto", "http, https");
        assertThat(headers.get("X-Forwarded-Proto")).isEqualTo("https");
    }

    @Test
    void an_invalid_network_is_refused() {
        assertThatThrownBy(() -> new TrustedProxies(List.of("proxy.example.org")))
                .hasMessageContaining("has \"proxy.example.org\", which isn't an IP address");
    }

    private HttpHeaders cleaned(String peer, String name, String value) throws UnknownHostException {
        HttpHeaders headers = new DefaultHttpHeaders().add(name, value);
        proxies.clean(headers, InetAddress.getByName(peer));
        return headers;
    }
}

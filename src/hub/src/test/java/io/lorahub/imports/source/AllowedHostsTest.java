package io.lorahub.imports.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    private final AllowedHosts hosts = new AllowedHosts(config(
            List.of("huggingface.co", "*.hf.co", "hub.example:8443", "http://10.0.0.5:8080", "[fd00::5]:443", " ")));

    static ImportConfig config(List<String> hosts) {
        return new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withValidateUnknown(false)
                .withDefaultValue("lorahub.imports.hosts", String.join(",", hosts))
                .withMapping(ImportConfig.class)
                .build()
                .getConfigMapping(ImportConfig.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://huggingface.co/a/b",
                "https://HuggingFace.co:443/",
                "https://cdn-lfs.hf.co/x?y=z",
                "https://a.b.hf.co/",
                "https://hub.example:8443/",
                "http://10.0.0.5:8080/",
                "https://[fd00::5]/"
            })
    void listed_hosts_are_allowed(String address) {
        assertThat(hosts.allows(URI.create(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://huggingface.co/",
                "https://huggingface.co:8443/",
                "https://user@huggingface.co/",
                "https://huggingface.co.evil.example/",
                "https://hf.co/",
                "https://evilhf.co/",
                "https://hub.example/",
                "https://10.0.0.5:8080/",
                "http://10.0.0.5/",
                "http://167772165:8080/",
                "ftp://huggingface.co/",
                "file:///etc/passwd",
                "/a/b"
            })
    void others_are_not(String address) {
        assertThat(hosts.allows(URI.create(address))).isFalse();
    }

    @Test
    void a_name_leads_to_public_addresses_only_and_a_listed_address_to_its_port() throws UnknownHostException {
        assertThat(mayConnect("8.8.8.8", 443)).isTrue();
        assertThat(mayConnect("10.0.0.5", 8080)).isTrue();
        assertThat(mayConnect("fd00::5", 443)).isTrue();
        assertThat(mayConnect("10.0.0.5", 443)).isFalse();
        assertThat(mayConnect("10.0.0.6", 8080)).isFalse();
        assertThat(mayConnect("127.0.0.1", 443)).isFalse();
        assertThat(mayConnect("fd00::6", 443)).isFalse();
        assertThat(hosts.mayConnect(InetSocketAddress.createUnresolved("huggingface.co", 443)))
                .isFalse();
    }

    private boolean mayConnect(String address, int port) throws UnknownHostException {
        return hosts.mayConnect(new InetSocketAddress(InetAddress.getByName(address), port));
    }

    @Test
    void members_choose_among_hosts_and_not_among_patterns() {
        assertThat(hosts.hubs())
                .map(URI::toString)
                .containsExactly(
                        "https://huggingface.co",
                        "https://hub.example:8443",
                        "http://10.0.0.5:8080",
                        "https://[fd00::5]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x.example", "a b", "x.example/path", "*", "user@x.example"})
    void something_else_is_refused(String entry) {
        List<String> entries = List.of(entry);
        AllowedHosts wrong = new AllowedHosts(config(entries));
        assertThatThrownBy(wrong::hubs).hasMessageContaining(entry);
    }
}

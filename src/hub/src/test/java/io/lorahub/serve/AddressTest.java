package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, http://127.0.0.1:80",
        "0.0.0.0, http://localhost:80",
        "::, http://localhost:80",
        "::1, http://[::1]:80"
    })
    void its_url_works_in_a_browser_on_this_machine(String host, String url) {
        assertThat(new Address(host, 80).url()).isEqualTo(url);
    }

    @Test
    void a_port_in_use_is_named() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> new Address("127.0.0.1", taken.getLocalPort()).requireFree())
                    .isInstanceOf(ServeException.class)
                    .hasMessageStartingWith("Port %d of 127.0.0.1 is in use; ".formatted(taken.getLocalPort()));
        }
    }

    @Test
    void an_address_of_another_machine_is_refused() {
        assertThatThrownBy(() -> new Address("192.0.2.1", 8080).requireFree())
                .isInstanceOf(ServeException.class)
                .hasMessage("192.0.2.1 isn't an address of this machine; give --host one that is.");
        assertThatThrownBy(() -> new Address("no.such.host.invalid", 8080).requireFree())
                .isInstanceOf(ServeException.class)
                .hasMessageStartingWith("There is no address no.such.host.invalid; ");
    }

    @Test
    void a_port_of_the_system_needs_rights() {
        assertThat(new Address("127.0.0.1", 80).refused(new BindException("Permission denied")))
                .hasMessageStartingWith("This user isn't allowed to use port 80; ");
    }
}

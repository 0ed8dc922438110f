package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartNoticeTest {

    private static final Address ADDRESS = new Address("0.0.0.0", 9090);

    @Test
    void behind_a_proxy_the_address_for_others_and_the_one_that_is_listened_on_are_named() {
        assertThat(StartNotice.addresses(ServerRole.ALL, ADDRESS, Optional.of("https://hub.example")))
                .isEqualToNormalizingNewlines("LoraHub    https://hub.example\nListening  0.0.0.0:9090\n");
    }

    @Test
    void without_a_proxy_one_address_is_enough() {
        assertThat(StartNotice.addresses(ServerRole.WEB, ADDRESS, Optional.empty()))
                .isEqualToNormalizingNewlines("LoraHub    http://localhost:9090\n");
    }

    @Test
    void the_health_of_a_worker_is_at_its_own_address() {
        assertThat(StartNotice.addresses(ServerRole.WORKER, ADDRESS, Optional.of("https://hub.example")))
                .isEqualToNormalizingNewlines("LoraHub    a worker; its health is at http://localhost:9090/q/health\n");
    }
}

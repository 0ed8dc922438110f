package io.lorahub.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.transaction.Transactional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterRightsTest {

    private final Hub hub;
    private final AdapterRights rights;

    AdapterRightsTest(Hub hub, AdapterRights rights) {
        this.hub = hub;
        this.rights = rights;
    }

    @Test
    @Transactional
    void a_stored_adapter_comes_back_as_it_was() {
        Person owner = hub.person(Role.MEMBER);
        Adapter stored = hub.adapter(owner, Visibility.PUBLIC);

        Adapter.getEntityManager().flush();
        Adapter.getEntityManager().clear();
        Adapter loaded = Adapter.at(owner.name, stored.name).orElseThrow();

        assertThat(loaded.targetModules).containsExactly("q", "v");
        assertThat(loaded.address()).isEqualTo(owner.name + "/" + stored.name);
        assertThat(loaded.newest().label).isEqualTo("1.0.0");
    }

    @Test
    @Transactional
    void anonymous_sees_what_is_public_or_unlisted_and_not_taken_down() {
        Person owner = hub.person(Role.MEMBER);
        Adapter taken = hub.adapter(owner, Visibility.PUBLIC);
        taken.state = AdapterState.TAKEN_DOWN;
        taken.stateReason = "It copies another one.";

        assertThat(rights.maySee(hub.adapter(owner, Visibility.PUBLIC))).isTrue();
        assertThat(rights.maySee(hub.adapter(owner, Visibility.UNLISTED))).isTrue();
        assertThat(rights.maySee(hub.adapter(owner, Visibility.PRIVATE))).isFalse();
        assertThat(rights.maySee(taken)).isFalse();
    }
}

package io.lorahub.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterVersionTest {

    private final Hub hub;
    private final DemoOnHub demo;

    AdapterVersionTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @Test
    void lists_load_no_facts_of_layers() {
        Person member = hub.person(Role.MEMBER);
        demo.publish(member, "un");
        QuarkusTransaction.requiringNew().run(() -> {
            ObjectNode facts = JsonNodeFactory.instance.objectNode().put("parameters", 7);
            facts.putArray("layers").addObject().put("module", "decoder.q");
            Adapter.at(member.name, "un").orElseThrow().newest().facts = facts;
        });

        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.at(member.name, "un").orElseThrow();
            AdapterVersion version = AdapterVersion.newestOf(List.of(adapter)).get(0);

            assertThat(version.summary().parameters()).isEqualTo(7);
            assertThat(version.summary().layers()).isEmpty();
            assertThat(Hibernate.isPropertyInitialized(version, "facts")).isFalse();
            assertThat(Hibernate.isPropertyInitialized(version, "findings")).isFalse();
            assertThat(new AdapterFacts(version.facts).layers()).hasSize(1);
        });
    }
}

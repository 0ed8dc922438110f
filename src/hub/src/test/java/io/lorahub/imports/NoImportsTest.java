package io.lorahub.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.ImportedFrom;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** A hub whose operator allows no hosts. */
@QuarkusTest
@Settings("lorahub.imports.hosts=")
@QuarkusTestResource(PostgresResource.class)
class NoImportsTest {

    private final Hub hub;
    private final DemoOnHub demo;

    NoImportsTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @Test
    void no_page_offers_an_import() {
        Person person = hub.person(Role.ADMIN);
        String address = demo.publish(person, "past").get(0);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.at(person.name, "past").orElseThrow();
            adapter.newest().importedFrom =
                    new ImportedFrom("https://hub.example", "ada/past", null, ImportFixture.COMMIT);
        });

        assertThat(page(person, "/upload").select("h1").text()).isEqualTo("Upload an adapter");
        assertThat(page(person, "/upload").select("[href=/imports]")).isEmpty();
        Document adapter = page(person, "/" + address);
        assertThat(adapter.text()).contains("Imported from https://hub.example/ada/past");
        assertThat(adapter.select("[action=/imports]")).isEmpty();
        assertThat(page(person, "/admin/base-models").select("[href=/admin/base-models/imports]"))
                .isEmpty();
        assertThat(page(person, "/imports").text()).contains("This hub does not import from other hubs.");
    }

    private Document page(Person person, String path) {
        return Jsoup.parse(AsBrowser.given(hub.session(person)).get(path).asString());
    }
}

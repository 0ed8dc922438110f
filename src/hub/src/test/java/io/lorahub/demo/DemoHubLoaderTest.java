package io.lorahub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.serve.Serving;
import io.lorahub.storage.Blobs;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.PublicHub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.enterprise.event.Event;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(PublicHub.class)
class DemoHubLoaderTest {

    private final DemoHub hub = DemoHub.open();
    private final DemoHubLoader loader;
    private final Event<Serving> serving;
    private final Blobs blobs;
    private final EntityManager database;

    DemoHubLoaderTest(DemoHubLoader loader, Blobs blobs, EntityManager database, Event<Serving> serving) {
        this.loader = loader;
        this.serving = serving;
        this.blobs = blobs;
        this.database = database;
    }

    /** As the packaged program does, once it answers. */
    @BeforeEach
    void serve() {
        serving.fire(new Serving(true));
    }

    @Test
    void a_new_visitor_finds_24_public_adapters() {
        QuarkusTransaction.requiringNew().run(() -> {
            List<Adapter> adapters = Adapter.list("publisher.name", "demo");
            assertThat(adapters).hasSize(24).allSatisfy(a -> {
                assertThat(a.visibility).isEqualTo(Visibility.PUBLIC);
                assertThat(a.baseModel).isEqualTo(DemoHub.BASE_MODEL);
                assertThat(a.summary).isNotBlank();
                assertThat(a.exampleOutput).isNotBlank();
                assertThat(a.rank).isEqualTo(8);
            });
            AdapterVersion un = Adapter.at("demo", "un").map(Adapter::newest).orElseThrow();
            assertThat(un.facts.path("layers")).hasSize(24);
            assertThat(un.findings)
                    .hasSize(13)
                    .allSatisfy(c -> assertThat(c.path("state").asText()).isEqualTo("passed"));
        });
    }

    @Test
    void a_search_for_one_of_them_does_not_find_all() {
        for (String name : List.of("past", "un")) {
            List<String> names = RestAssured.get("/api/v1/adapters?q=" + name)
                    .jsonPath()
                    .getList("items.findAll { it.publisher == 'demo' }.name");
            assertThat(names).startsWith(name).hasSizeLessThan(6);
        }
    }

    @Test
    void the_stored_bytes_are_those_of_the_hub() throws IOException {
        String sha256 = QuarkusTransaction.requiringNew()
                .call(() ->
                        Adapter.at("demo", "un").orElseThrow().newest().files.get("adapter_model.safetensors"));
        assertThat(sha256).isEqualTo(FileHashes.sha256(hub.adaptersFolder().resolve("un/adapter_model.safetensors")));
        try (InputStream in = blobs.open(sha256, 0, Long.MAX_VALUE)) {
            assertThat(in.readAllBytes()).hasSize(203_152);
        }
    }

    @Test
    void its_base_model_is_registered() {
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelRecord base = BaseModelRecord.named(DemoHub.BASE_MODEL).orElseThrow();
            assertThat(base.modelType).isEqualTo("t5");
            assertThat(base.files).containsKeys("config.json", "model.safetensors", "tokenizer.json");
        });
    }

    @Test
    void none_of_them_is_noted_as_a_duplicate_and_all_can_be_found_as_one() {
        assertThat(count("near_duplicate")).isZero();
        assertThat(count("fingerprint")).isEqualTo(24);
    }

    @Test
    void any_number_of_processes_that_start_load_it_once() throws Exception {
        ExecutorService processes = Executors.newFixedThreadPool(4);
        Callable<Void> start = () -> {
            loader.load();
            return null;
        };
        List<Future<Void>> starts =
                IntStream.range(0, 4).mapToObj(i -> processes.submit(start)).toList();
        for (Future<Void> s : starts) s.get();
        processes.shutdown();
        assertThat(count("adapter_version")).isEqualTo(24);
    }

    @Test
    void deleted_adapters_stay_deleted() {
        QuarkusTransaction.begin();
        try {
            Adapter.deleteById(Adapter.at("demo", "the").orElseThrow().id);
            loader.load();
            assertThat(Adapter.at("demo", "the")).isEmpty();
        } finally {
            QuarkusTransaction.rollback();
        }
    }

    private long count(String table) {
        return (long) database.createNativeQuery("select count(*) from " + table, Long.class)
                .getSingleResult();
    }
}

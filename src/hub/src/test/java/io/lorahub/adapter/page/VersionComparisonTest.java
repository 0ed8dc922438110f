package io.lorahub.adapter.page;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.fingerprint.FingerprintIndex;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No transaction, with its locks and its connection, waits while thousands of modules are compared. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class VersionComparisonTest {

    private final Hub hub;
    private final EntityManager database;

    @TestHTTPResource
    URI server;

    @TempDir
    Path dir;

    VersionComparisonTest(Hub hub, EntityManager database) {
        this.hub = hub;
        this.database = database;
    }

    @Test
    void weights_are_compared_outside_of_transactions() {
        List<Boolean> within = new CopyOnWriteArrayList<>();
        QuarkusMock.installMockForType(
                new FingerprintIndex(database) {
                    @Override
                    public List<Similar> near(String sha256, Fingerprint fingerprint) {
                        within.add(QuarkusTransaction.isActive());
                        return super.near(sha256, fingerprint);
                    }
                },
                FingerprintIndex.class);
        Person author = hub.person(Role.MEMBER);
        Path files = anAdapter().seeded(3_000_000 + author.id).ofShape(20, 30).in(dir, author.name);
        UploadClient client = new UploadClient(server, hub.token(author, Scope.WRITE));
        JsonNode upload = client.checked(AdapterFiles.of(files).map());

        assertThat(client.publish(
                                upload,
                                "{\"name\": \"past\", \"title\": \"Past\", \"licence\": \"MIT\", \"visibility\": \"public\"}")
                        .statusCode())
                .isEqualTo(201);

        assertThat(within).hasSizeGreaterThanOrEqualTo(2).containsOnly(false);
    }
}

package io.lorahub.adapter.fingerprint;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.PublicationBuilder.aPublication;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.engine.fingerprint.Fingerprint;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class FingerprintRenewalTest {

    private final Hub hub;
    private final Publishing publishing;
    private final FingerprintIndex fingerprints;
    private final FingerprintRenewal renewal;
    private final EntityManager database;
    private final DataSource connections;

    @TempDir
    Path dir;

    FingerprintRenewalTest(
            Hub hub,
            Publishing publishing,
            FingerprintIndex fingerprints,
            FingerprintRenewal renewal,
            EntityManager database,
            DataSource connections) {
        this.hub = hub;
        this.publishing = publishing;
        this.fingerprints = fingerprints;
        this.renewal = renewal;
        this.database = database;
        this.connections = connections;
    }

    @Test
    void it_compares_outside_a_transaction_and_in_one_process_at_a_time() throws Exception {
        publishWithAnOldFingerprint();
        List<Boolean> inTransaction = new ArrayList<>();
        QuarkusMock.installMockForInstance(
                new FingerprintIndex(database) {
                    @Override
                    public List<Similar> near(String sha256, Fingerprint fingerprint) {
                        inTransaction.add(QuarkusTransaction.isActive());
                        return super.near(sha256, fingerprint);
                    }
                },
                fingerprints);

        try (Connection another = connections.getConnection();
                Statement statement = another.createStatement()) {
            statement.execute("select pg_advisory_lock(%d)".formatted(FingerprintRenewal.LOCK));
            assertThat(renewal.renewAll()).isZero();
            statement.execute("select pg_advisory_unlock(%d)".formatted(FingerprintRenewal.LOCK));
        }
        assertThat(inTransaction).isEmpty();

        assertThat(renewal.renewAll()).isOne();
        assertThat(inTransaction).containsExactly(false);
        assertThat(renewal.renewAll()).isZero();
    }

    private void publishWithAnOldFingerprint() {
        Person author = hub.person(Role.MEMBER);
        hub.actAs(author);
        AdapterVersion version = publishing.publish(
                aPublication(author, anAdapter().seeded(author.id).in(dir, "original"))
                        .build());
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery(
                                "update fingerprint set buckets = array[1, 2] where sha256 = :sha256")
                        .setParameter("sha256", version.files.get("adapter_model.safetensors"))
                        .executeUpdate());
    }
}

package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.storage.Blob;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class NightlySweepTest {

    private final NightlySweep sweep;
    private final ObjectStore store;
    private final Scrub scrub;

    NightlySweepTest(NightlySweep sweep, ObjectStore store, Scrub scrub) {
        this.sweep = sweep;
        this.store = store;
        this.scrub = scrub;
    }

    @Test
    void files_that_were_never_read_are_read_at_night() {
        String sound = storeBlob("sound", "sound");
        String damaged = storeBlob("damaged", "demaged");

        sweep.run(() -> false);
        assertThat(scrub.damaged()).extracting(Scrub.Damaged::sha256).doesNotContain(damaged);
        sweep.run(() -> true);

        assertThat(scrub.damaged())
                .extracting(Scrub.Damaged::sha256)
                .contains(damaged)
                .doesNotContain(sound);
        QuarkusTransaction.requiringNew().run(() -> {
            assertThat(Blob.<Blob>findById(sound).crc32).isNotNull();
            Blob.deleteById(damaged);
        });
    }

    private String storeBlob(String text, String stored) {
        String unique = UUID.randomUUID().toString();
        String sha256 = DigestUtils.sha256Hex(text + unique);
        byte[] bytes = (stored + unique).getBytes(StandardCharsets.UTF_8);
        store.publish(store.stage(new ByteArrayInputStream(bytes), bytes.length), ObjectKey.blob(sha256));
        QuarkusTransaction.requiringNew().run(() -> {
            Blob blob = new Blob();
            blob.sha256 = sha256;
            blob.size = bytes.length;
            blob.persist();
        });
        return sha256;
    }
}

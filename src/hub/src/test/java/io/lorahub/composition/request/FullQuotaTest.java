package io.lorahub.composition.request;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.UploadClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A member whose storage is full can't get more through runs. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings("lorahub.upload.per-member=1000")
class FullQuotaTest extends RunSending {

    @TestHTTPResource
    URI server;

    FullQuotaTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
    }

    @Test
    void no_run_is_started_whose_files_would_not_be_stored() {
        posted("some room", request()).statusCode(201);
        new UploadClient(server, hub.token(member, Scope.WRITE))
                .upload(Map.of(CONFIG, "{}".getBytes(ISO_8859_1), WEIGHTS, new byte[998]));

        posted("none", request())
                .statusCode(507)
                .body("detail", startsWith("Your files take 1.0 kB of the 1.0 kB that a member can store. Delete"));
    }
}

package io.lorahub.composition.request;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.UploadClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A hub whose disk has less than its floor. */
@QuarkusTest
@Settings("lorahub.storage.free-space=1000000G")
@QuarkusTestResource(PostgresResource.class)
class FullDiskTest extends RunSending {

    @TestHTTPResource
    URI server;

    FullDiskTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
    }

    @Test
    void nothing_new_is_taken_and_pages_are_shown() {
        String session = hub.session(member);

        HttpResponse<String> announced =
                new UploadClient(server, hub.token(member, Scope.WRITE)).announce(Map.of(CONFIG, 10L));
        Response form = AsBrowser.given(session)
                .multiPart("files", CONFIG, new byte[10])
                .post("/upload");

        assertThat(announced.statusCode()).isEqualTo(507);
        assertThat(UploadClient.json(announced).path("detail").asText()).isEqualTo(FreeSpace.REFUSAL);
        assertThat(form.statusCode()).isEqualTo(507);
        assertThat(form.asString()).contains("disk is nearly full");
        posted("full", request()).statusCode(507);
        assertThat(AsBrowser.given(session).get("/uploads").statusCode()).isEqualTo(200);
    }
}

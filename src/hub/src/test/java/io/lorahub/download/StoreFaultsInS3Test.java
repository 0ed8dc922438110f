package io.lorahub.download;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;

/** On a server that speaks S3. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(StoreFaultsInS3Test.WithS3.class)
class StoreFaultsInS3Test extends StoreFaultsContract {

    StoreFaultsInS3Test(ObjectStore store, Blobs blobs, Hub hub, PublishedFiles files, Sweep sweep, Scrub scrub) {
        super(store, blobs, hub, files, sweep, scrub);
    }

    public static class WithS3 implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return S3ProxyServer.shared().settings("store-faults");
        }
    }
}

package io.lorahub.download;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.S3Resource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;

/** On a server that speaks S3. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(value = S3Resource.class, restrictToAnnotatedClass = true)
class StoreFaultsInS3Test extends StoreFaultsContract {

    StoreFaultsInS3Test(ObjectStore store, Blobs blobs, Hub hub, PublishedFiles files, Sweep sweep, Scrub scrub) {
        super(store, blobs, hub, files, sweep, scrub);
    }
}

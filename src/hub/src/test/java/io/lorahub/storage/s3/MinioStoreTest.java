package io.lorahub.storage.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorahub.testsupport.server.MinioServer;
import io.lorahub.testsupport.server.S3Server;
import org.junit.jupiter.api.BeforeAll;

class MinioStoreTest extends S3StoreContract {

    @BeforeAll
    static void require_minio() {
        assumeTrue(MinioServer.shared().isPresent(), MinioServer.MISSING);
    }

    @Override
    S3Server server() {
        return MinioServer.shared().orElseThrow();
    }
}

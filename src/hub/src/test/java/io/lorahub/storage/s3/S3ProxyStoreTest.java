package io.lorahub.storage.s3;

import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;

class S3ProxyStoreTest extends S3StoreContract {

    @Override
    S3Server server() {
        return S3ProxyServer.shared();
    }
}

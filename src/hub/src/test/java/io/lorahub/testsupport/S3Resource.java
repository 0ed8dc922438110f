package io.lorahub.testsupport;

import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.SlowCopies;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes an application keep its files on an S3 server that a test can slow down or kill, with transactions that are
 * shorter than a slow copy.
 */
public final class S3Resource implements QuarkusTestResourceLifecycleManager {

    /** A test that slows the server down or kills it. */
    public interface Tester {
        void useStore(S3ProxyServer server, SlowCopies copies);
    }

    private S3ProxyServer server;
    private SlowCopies copies;

    @Override
    public Map<String, String> start() {
        try {
            server = new S3ProxyServer();
            Map<String, String> settings = new HashMap<>(server.start().settings("hub"));
            copies = new SlowCopies(URI.create(settings.get("lorahub.storage.s3.endpoint")));
            settings.put("lorahub.storage.s3.endpoint", copies.address().toString());
            settings.put("quarkus.transaction-manager.default-transaction-timeout", "5s");
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(Object test) {
        if (test instanceof Tester tester) tester.useStore(server, copies);
    }

    @Override
    public void stop() {
        server.kill();
    }
}

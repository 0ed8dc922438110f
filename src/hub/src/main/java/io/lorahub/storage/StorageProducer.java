package io.lorahub.storage;

import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageConfig;
import io.lorahub.storage.s3.S3Settings;
import io.lorahub.storage.s3.S3Store;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Creates the configured object store; startup fails with a reason if it is unavailable. */
@Singleton
public class StorageProducer {

    private final StorageConfig config;

    StorageProducer(StorageConfig config) {
        this.config = config;
    }

    @Produces
    @Singleton
    @Startup
    ObjectStore objectStore() {
        return new MeasuredStore(of(config), StoreOutage.HERE);
    }

    public static ObjectStore of(StorageConfig config) {
        return switch (config.kind()) {
            case DIRECTORY -> new DirectoryStore(config.directory());
            case S3 -> new S3Store(S3Settings.of(config.s3()));
        };
    }
}

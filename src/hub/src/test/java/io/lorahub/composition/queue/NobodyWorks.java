package io.lorahub.composition.queue;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** A hub without a worker, so queued runs stay queued. */
public final class NobodyWorks implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("lorahub.worker.enabled", "false");
    }
}

package io.lorahub.testsupport;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Uploads are checked as on a real hub. */
public class WithUploadChecks implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("lorahub.checks.enabled", "true", "lorahub.checks.poll", "PT0.05S");
    }
}

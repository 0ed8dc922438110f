package io.lorahub.testsupport;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** Uploads are checked as on a real hub. */
public class WithDoctor implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("lorahub.doctor.enabled", "true", "lorahub.doctor.poll", "PT0.05S");
    }
}

package io.lorahub.account;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** An application with its own database, no registered users, no worker, and the smallest limits. */
public class FreshHub implements QuarkusTestProfile {

    public static final int REGISTRATIONS = 3;
    public static final int SIGN_INS = 6;

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "lorahub.accounts.registrations-per-hour",
                Integer.toString(REGISTRATIONS),
                "lorahub.accounts.sign-ins-per-hour",
                Integer.toString(SIGN_INS),
                "lorahub.worker.enabled",
                "false");
    }
}

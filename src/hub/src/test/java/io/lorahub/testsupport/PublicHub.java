package io.lorahub.testsupport;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * A hub for the public as it starts: behind a proxy, with the demo, limits for strangers, and an identity provider that
 * doesn't answer.
 */
public final class PublicHub implements QuarkusTestProfile {

    public static final int SIGN_INS = 3;

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "lorahub.connections.trusted-proxies", "127.0.0.1,::1",
                "lorahub.public-url", "https://hub.example.org",
                "lorahub.web.hosts", "other.example.org",
                "lorahub.demo.load", "true",
                "lorahub.accounts.sign-ins-per-hour", Integer.toString(SIGN_INS),
                // port 1 is nobody's
                "lorahub.oidc.issuer", "http://localhost:1/realms/university",
                "lorahub.oidc.client-id", "lorahub",
                "lorahub.oidc.client-secret", "a-secret-of-tests");
    }
}

package io.lorahub.account;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** The secret that a caller presents. */
class Credential extends BaseAuthenticationRequest {

    enum Kind {
        SESSION,
        TOKEN
    }

    final Secret secret;
    final Kind kind;

    Credential(Secret secret, Kind kind) {
        this.secret = secret;
        this.kind = kind;
    }
}

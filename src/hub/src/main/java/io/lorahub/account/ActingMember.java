package io.lorahub.account;

import io.quarkus.security.identity.CurrentIdentityAssociation;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import java.util.function.Supplier;

/** Does work for a member outside of their requests: it has the rights of a member, whatever the person's role. */
@ApplicationScoped
public class ActingMember {

    private final CurrentIdentityAssociation current;

    ActingMember(CurrentIdentityAssociation current) {
        this.current = current;
    }

    @ActivateRequestContext
    public <T> T call(Person person, Supplier<T> work) {
        current.setIdentity(CredentialProvider.asMember(person));
        return work.get();
    }
}

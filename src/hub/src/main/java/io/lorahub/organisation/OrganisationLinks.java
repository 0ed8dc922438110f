package io.lorahub.organisation;

import io.lorahub.account.Viewer;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.util.List;

/** Data about the organisation's sign-in for account pages, as {@code inject:organisation} in templates. */
@Named("organisation")
@RequestScoped
public class OrganisationLinks {

    private final OrganisationConfig config;
    private final Viewer viewer;

    OrganisationLinks(OrganisationConfig config, Viewer viewer) {
        this.config = config;
        this.viewer = viewer;
    }

    public boolean isConfigured() {
        return config.issuer().isPresent();
    }

    public String getName() {
        return config.name();
    }

    /** Provider identities that sign in as the viewer. */
    public List<OrganisationIdentity> getLinked() {
        return viewer.person().map(OrganisationIdentity::of).orElse(List.of());
    }
}

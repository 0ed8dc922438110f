/**
 * Sign-in through an OpenID Connect provider. Begin with {@code OrganisationSignIn}.
 *
 * <p>An account is linked by the provider's issuer and subject, never by name or e-mail address, and only after the
 * person has chosen it. {@code AdmissionRules} are checked at every sign-in.
 */
package io.lorahub.organisation;

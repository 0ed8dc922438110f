/**
 * Members: their identity, their rights, and how a request is recognised as theirs. Begin with {@code Person} and
 * {@code SignInMechanism}; {@code Viewer} represents the caller for every other feature. {@code signin} holds the ways
 * to sign in, {@code settings} the account details that members can change, {@code deletion} deletes accounts.
 *
 * <p>Passwords, tokens and one-time links are stored only as hashes. An access token never has more rights than its
 * owner, and never changes an account. The hub always keeps at least one administrator.
 */
package io.lorahub.account;

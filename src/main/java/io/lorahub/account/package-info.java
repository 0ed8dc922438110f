/**
 * Members and how they sign in: passwords, sessions, second factors, access tokens, roles. Begin with {@code SignIn}
 * and {@code SignInMechanism}; {@code Viewer} tells every other feature who is looking.
 *
 * <p>Passwords, tokens and one-time links are stored as hashes only. An access token never does more than its owner,
 * and never changes an account. The hub always keeps at least one administrator.
 */
package io.lorahub.account;

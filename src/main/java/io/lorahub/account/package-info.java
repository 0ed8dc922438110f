/**
 * Members: who they are, what they may do, and how a request is known to be theirs. Begin with {@code Person} and
 * {@code SignInMechanism}; {@code Viewer} tells every other feature who is looking. {@code signin} is how one gets in,
 * {@code settings} what a member changes, {@code deletion} the end.
 *
 * <p>Passwords, tokens and one-time links are stored as hashes only. An access token never does more than its owner,
 * and never changes an account. The hub always keeps at least one administrator.
 */
package io.lorahub.account;

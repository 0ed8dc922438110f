/**
 * Members: who they are, what they can do, and how a request is recognised as theirs. Begin with {@code Person} and
 * {@code SignInMechanism}; {@code Viewer} tells every other feature who is looking. {@code signin} holds the ways to sign
 * in, {@code settings} what a member changes, {@code deletion} deletes accounts.
 *
 * <p>Passwords, tokens and one-time links are stored as hashes only. An access token never does more than its owner,
 * and never changes an account. The hub always keeps at least one administrator.
 */
package io.lorahub.account;

/**
 * What members change about their accounts: profile, password, second factor, sessions, access tokens. Each has its page
 * and its service. {@code StepUpAuthentication} asks for the password again before changes that a
 * stolen session must not make.
 */
package io.lorahub.account.settings;

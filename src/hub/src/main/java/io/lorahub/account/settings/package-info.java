/**
 * Account details that members can change: profile, password, second factor, sessions, access tokens. Each has a page
 * and a service. {@code StepUpAuthentication} asks for the password again before changes that a stolen session must not
 * allow.
 */
package io.lorahub.account.settings;

/**
 * What members change about their accounts: profile, password, second factor, sessions, access tokens. Each has its page
 * and its service. {@code StepUpAuthentication} asks again who somebody is, before what a stolen session must not do.
 */
package io.lorahub.account.settings;

/**
 * Registering and signing in: passwords, second factors, limits against guessing, sessions. Begin with {@code SignIn},
 * which {@code SignInPage} and {@code SignInCodePage} call; {@code Sessions} opens and ends sessions.
 */
package io.lorahub.account.signin;

package io.lorahub.account.signin;

import io.lorahub.account.Person;

/**
 * A session was opened in a browser, by any way of signing in. Fired in the transaction that opens the session, so that
 * the visitor's data in the browser can move to the account.
 */
public record SignedInEvent(Person person) {}

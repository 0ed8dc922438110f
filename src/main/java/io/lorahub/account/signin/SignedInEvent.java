package io.lorahub.account.signin;

import io.lorahub.account.Person;

/**
 * A session was opened in a browser, by any way of signing in. It is fired in the transaction that opens the session, so
 * that what the browser had as a visitor can become the account's.
 */
public record SignedInEvent(Person person) {}

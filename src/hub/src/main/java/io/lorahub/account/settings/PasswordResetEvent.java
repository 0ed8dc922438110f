package io.lorahub.account.settings;

import io.lorahub.account.Person;

/** A person's password was set with a link from an administrator. Fired in the transaction that sets it. */
public record PasswordResetEvent(Person person) {}

package io.lorahub.account.settings;

import io.lorahub.account.Person;

/** Somebody set a person's password with a link of an administrator's. It is fired in the transaction that does it. */
public record PasswordResetEvent(Person person) {}

package io.lorahub.account;

/** Somebody set a person's password with a link of an administrator's. It is fired in the transaction that does it. */
public record PasswordResetEvent(Person person) {}

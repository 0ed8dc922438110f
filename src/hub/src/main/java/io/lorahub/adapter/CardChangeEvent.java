package io.lorahub.adapter;

import io.lorahub.account.Person;

/**
 * A member changes a card, which makes a README. Observers refuse it with an exception.
 *
 * @param author whose storage the README takes
 */
public record CardChangeEvent(Person author) {}

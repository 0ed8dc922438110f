/**
 * The card, an author's description of an adapter: as stored, as typed in a form, and as reduced from a README. Begin with
 * {@code Card}; {@code Licence} and {@code LanguageTag} are the values that it accepts.
 *
 * <p>{@code CardText} cleans every text before it is stored. A card can be incomplete while it is a draft;
 * {@code Card.faults} says what keeps it from being published.
 */
package io.lorahub.adapter.card;

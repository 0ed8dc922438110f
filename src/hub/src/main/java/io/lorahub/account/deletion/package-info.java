/**
 * Deletes a member's account. Begin with {@code AccountDeletion}. It is a separate package above {@code adapter},
 * because adapters that nobody else owns are deleted with it.
 */
package io.lorahub.account.deletion;

/**
 * Deletes a member's account. Begin with {@code AccountDeletion}. It is a package of its own, above {@code adapter},
 * because an account that still has adapters can't be deleted.
 */
package io.lorahub.account.deletion;

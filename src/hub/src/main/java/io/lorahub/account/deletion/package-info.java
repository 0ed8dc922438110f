/**
 * Deletes a member's account. Begin with {@code AccountDeletion}. It is a separate package above {@code adapter},
 * because an account that still has adapters cannot be deleted.
 */
package io.lorahub.account.deletion;

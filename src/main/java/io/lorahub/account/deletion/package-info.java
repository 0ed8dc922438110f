/**
 * Deletes a member's account. It lies above {@code account}, because a member's adapters stand against it. Begin with
 * {@code AccountDeletion}.
 */
package io.lorahub.account.deletion;

/**
 * The audit log of moderation and account changes. {@code Audit} writes and reads it.
 *
 * <p>An entry is written in the transaction of the action, so there is no action without its entry. The database
 * refuses to change or delete one.
 */
package io.lorahub.audit;

/**
 * The inbox: other features call {@code NotificationInbox}, members read {@code InboxPage}.
 *
 * <p>A notice is stored in the transaction of the event that it reports.
 */
package io.lorahub.notice;

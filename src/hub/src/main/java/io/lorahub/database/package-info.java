/**
 * What features share of the database: {@code BaseEntity} has the generated id, and {@code ChangeEvents} the notifications
 * between processes. Nothing here uses another package of LoraHub.
 */
package io.lorahub.database;

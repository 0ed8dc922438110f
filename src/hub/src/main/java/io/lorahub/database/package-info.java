/**
 * What users of the database share: {@code BaseEntity} has the generated id, {@code ChangeEvents} the notifications between
 * processes, and {@code DatabaseOutage} knows whether the database answers. Nothing here uses another package of LoraHub.
 */
package io.lorahub.database;

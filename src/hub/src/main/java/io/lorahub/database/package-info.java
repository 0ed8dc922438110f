/** What entities share: {@code BaseEntity} has the generated id. Nothing here uses another package of LoraHub. */
package io.lorahub.database;

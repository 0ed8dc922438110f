/**
 * Maintenance of the store while the hub runs. Begin with {@code Sweep}, which removes content that nothing refers
 * to, and {@code Scrub}, which compares stored files with their hashes; {@code StoreHealth} reports the store's state.
 *
 * <p>Sweeps can run at any time, and several at once. They find references through the foreign keys in the database's
 * own catalogue, so a new table needs no change here.
 */
package io.lorahub.storage.upkeep;

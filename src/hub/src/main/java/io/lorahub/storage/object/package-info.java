/**
 * What every store does: objects with keys, staging, and the failures it can report. Begin with {@code ObjectStore};
 * {@code ObjectKey} says which names are allowed.
 *
 * <p>Published objects never change, and a crash at any point leaves a whole object or none. The kind of a
 * {@code StorageException} says whether to wait or which object is at fault; its text contains no secrets.
 */
package io.lorahub.storage.object;

/**
 * Folders on this machine: the store as a folder, and the private and temporary folders of the process. Begin with
 * {@code DirectoryStore}; {@code FreeSpace} refuses new work before a disk is full.
 *
 * <p>Other users of the machine have no access to these folders. An object is synced to disk, with its folder, before it
 * counts as published.
 */
package io.lorahub.storage.directory;

/**
 * Backups of a hub: a dump of its database and copies of the objects that the dump names, in a folder. Begin reading with
 * {@link io.lorahub.backup.Backup}; {@link io.lorahub.backup.Restore} is its reverse, {@link
 * io.lorahub.backup.BackupFolder} says how the folder is laid out. A backup is whole or does not count: its description is
 * written last. Nothing here needs the application, so that commands can use it beside a hub or without one.
 */
package io.lorahub.backup;

package io.lorahub.backup;

import java.util.List;
import java.util.Map;

/**
 * What a backup consists of.
 *
 * @param format    of the folder; a LoraHub that doesn't know it leaves the backup alone
 * @param lorahub   version of the program that made it
 * @param schema    version of the newest migration of the database
 * @param objects   the list of objects, a {@link BackupObject} per line
 * @param bytes     size of all objects
 * @param sequences last values by name, of those that have been used
 * @param absent    keys of objects that the list names and the hub had not: missing or damaged, being published, or parts
 *                  of uploads that have ended since
 * @param missing   SHA-256 of those that were missing or damaged; null in older backups
 */
record BackupDescription(
        int format,
        String lorahub,
        String schema,
        List<Table> tables,
        Map<String, Long> sequences,
        DumpFile objects,
        long bytes,
        List<String> absent,
        List<String> missing) {

    static final int FORMAT = 1;

    record Table(String name, List<String> columns, DumpFile file) {}

    /**
     * @param rows number of lines
     * @param size in bytes, as compressed
     */
    record DumpFile(String name, long rows, long size, String sha256) {}
}

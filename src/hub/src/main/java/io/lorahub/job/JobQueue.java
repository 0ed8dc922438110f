package io.lorahub.job;

import io.lorahub.engine.names.EnumNames;

/**
 * The queues: tables of db-scheduler, in which a row is a job that waits or is being done. Jobs share a queue if one may keep
 * the other waiting.
 */
public enum JobQueue {
    /** Composition runs, which take up to hours. Their order has columns of its own. */
    RUNS("composition_queue"),
    /** Texts that programs wait for, written token by token. Their order has columns of its own, too. */
    GENERATIONS("generation_queue"),
    /** Tasks that somebody waits for on a page. */
    TASKS("worker_task_queue"),
    /** Tasks that make files to download, which take minutes. */
    EXPORTS("composition_export_queue"),
    /** Checks of uploads and of base models. */
    CHECKS("upload_check_queue"),
    /** Imports of adapters and of base models from other hubs. */
    IMPORTS("import_queue"),
    /** Maintenance at night, which takes up to hours. */
    SWEEPS("sweep_queue");

    private final String table;

    JobQueue(String table) {
        this.table = table;
    }

    public String table() {
        return table;
    }

    /** Its name in the API and in metrics, such as {@code runs}. */
    public String word() {
        return EnumNames.of(this);
    }
}

/**
 * Work that waits in a queue and is done by whichever process is free: claim, lease, heartbeat, retry and recovery are the same
 * for all of it and exist here, on db-scheduler. A kind of work is a {@link io.lorahub.job.JobHandler}. Each package
 * keeps the progress and the results of its jobs in its own tables.
 *
 * <p>To add a kind, write a handler, name one of the queues in {@link io.lorahub.job.JobQueue}, and call {@code Jobs.add}. Runs
 * and generations take one kind only; {@code onlyOf} in {@code ImportWorker} and {@code UploadCheckWorker} leaves others out. A
 * new queue also needs a table, as in V70__generation.sql, and a bean that calls {@code Jobs.worker}.
 */
package io.lorahub.job;

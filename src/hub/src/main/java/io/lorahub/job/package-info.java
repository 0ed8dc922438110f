/**
 * Work that waits in a queue and is done by whichever process is free: claim, lease, heartbeat, retry and recovery are the same
 * for all of it and exist here, on db-scheduler. A kind of work is a {@link io.lorahub.job.JobHandler}. Each package
 * keeps the progress and the results of its jobs in its own tables.
 */
package io.lorahub.job;

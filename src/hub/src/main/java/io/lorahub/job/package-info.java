/**
 * Work that waits in a queue and is done by whichever process is free: claim, lease, heartbeat, retry and recovery are the same
 * for all of it and exist here, on db-scheduler. A kind of work is a {@link io.lorahub.job.JobHandler}. What a job has found
 * and how far it is stand in the tables of its own package.
 */
package io.lorahub.job;

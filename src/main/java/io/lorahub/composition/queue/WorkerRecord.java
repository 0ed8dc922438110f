package io.lorahub.composition.queue;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;

/** A worker's last known state, which it writes itself, see {@code Heartbeat}. */
@Entity
@Table(name = "worker")
public class WorkerRecord extends PanacheEntityBase {

    @Id
    public String name;

    /** "cpu" or "gpu:N". */
    public String device;

    /** Number of processor cores. */
    public int cores;

    /** Memory for base models and runs, in bytes. */
    public long memory;

    public String version;

    /** Number of simultaneous runs. */
    public int slots;

    /** Whether it should take no more runs; set by an admin. */
    public boolean draining;

    /** Recent evaluations per second of one slot; null before the first. */
    public Double speed;

    /** Names of the loaded base models. */
    public List<String> models;

    /** Number of runs in progress. */
    public int running;

    @Column(name = "started_at")
    public Instant startedAt;

    @Column(name = "seen_at")
    public Instant seenAt;

    /** Whether it computes in the machine's main memory rather than a GPU's. */
    public boolean isOnCpu() {
        return device.equals("cpu");
    }
}

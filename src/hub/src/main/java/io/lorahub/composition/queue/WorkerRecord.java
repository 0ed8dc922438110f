package io.lorahub.composition.queue;

import io.lorahub.engine.learning.RunMemory;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A worker's last known state, which it writes itself, see {@code Heartbeat}. */
@Entity
@Table(name = "worker")
public class WorkerRecord extends PanacheEntityBase {

    static final Duration SEEN = Duration.ofMinutes(1);

    @Id
    public String name;

    /** "cpu" or "gpu:N". */
    public String device;

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

    /** Names of base models whose runs it can't take, because its disk has no room for their files. */
    @Column(name = "no_room_for")
    public List<String> noRoomFor = List.of();

    /** How much room it has and how much it needs, as in "w1 has …"; null if it has enough. */
    public String shortage;

    /** Number of runs in progress. */
    public int running;

    @Column(name = "started_at")
    public Instant startedAt;

    @Column(name = "seen_at")
    public Instant seenAt;

    /** Workers that have been seen within the last minute; one that is being restarted counts as well. */
    public static List<WorkerRecord> seen(Instant now) {
        return list("seenAt > ?1", now.minus(SEEN));
    }

    /** Whether each of its slots can hold such a run. Only main memory is compared, not a GPU's. */
    public boolean fits(RunMemory needed) {
        return !device.equals("cpu") || needed.fitsWorker(memory, slots);
    }

    /** Whether no worker that has been seen lately has as much memory. */
    public static boolean fitNone(RunMemory needed, Instant now) {
        return seen(now).stream().noneMatch(worker -> worker.fits(needed));
    }

    /** Why no worker can take runs on a base model, as a clause; empty if one can, or there is none. */
    public static Optional<String> noRoomFor(String baseModel, Instant now) {
        List<WorkerRecord> workers = seen(now);
        return workers.stream().allMatch(worker -> worker.noRoomFor.contains(baseModel))
                ? workers.stream()
                        .map(worker -> worker.name + " has " + worker.shortage)
                        .findFirst()
                : Optional.empty();
    }
}

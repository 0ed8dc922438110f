package io.lorahub.composition.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.queue.WorkerRecord;
import java.time.Instant;
import java.util.List;

/**
 * A worker as admins see it.
 *
 * @param running   runs that it holds; if it was lost, those that no other worker has taken over yet
 * @param takenOver if it was lost, its runs that others have taken over, or that have ended
 * @param lostSince omitted while it is alive
 * @param memory    memory for models that stay loaded, in bytes
 * @param speed     evaluations per second of one slot; omitted before the first
 * @param models    names of the loaded, idle models
 * @param noRoomFor base models whose runs it can't take, because its disk has no room for their files
 * @param shortage  how much room its disk has and how much it needs, as a clause; omitted if it has enough
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerView(
        String name,
        State state,
        String device,
        int cores,
        long memory,
        String version,
        int slots,
        int running,
        int takenOver,
        List<String> models,
        Double speed,
        List<String> noRoomFor,
        String shortage,
        boolean draining,
        Instant startedAt,
        Instant seenAt,
        Instant lostSince) {

    public enum State {
        IDLE,
        WORKING,
        /** The worker is idle, and its disk has no room for some of the runs. */
        SHORT_OF_DISK,
        /** The worker is finishing its current points. */
        DRAINING,
        DRAINED,
        /** The worker has missed several heartbeats. */
        LOST
    }

    static WorkerView of(WorkerRecord worker) {
        return of(worker, state(worker), worker.running, 0, null);
    }

    /** @param left number of runs that still have its name */
    static WorkerView lost(WorkerRecord worker, long left) {
        return of(worker, State.LOST, (int) left, (int) Math.max(0, worker.running - left), worker.seenAt);
    }

    private static WorkerView of(WorkerRecord worker, State state, int running, int takenOver, Instant lostSince) {
        return new WorkerView(
                worker.name,
                state,
                worker.device,
                worker.cores,
                worker.memory,
                worker.version,
                worker.slots,
                running,
                takenOver,
                worker.models,
                worker.speed,
                worker.noRoomFor,
                worker.shortage,
                worker.draining,
                worker.startedAt,
                worker.seenAt,
                lostSince);
    }

    private static State state(WorkerRecord worker) {
        if (worker.draining) return worker.running > 0 ? State.DRAINING : State.DRAINED;
        if (worker.running > 0) return State.WORKING;
        return worker.noRoomFor.isEmpty() ? State.IDLE : State.SHORT_OF_DISK;
    }

    /** For display: "CPU, 2 cores" or "GPU 0". */
    public String computesOn() {
        if (device.startsWith("gpu")) return "GPU " + device.substring(device.indexOf(':') + 1);
        if (cores == 0) return "CPU";
        return "CPU, %d %s".formatted(cores, cores == 1 ? "core" : "cores");
    }
}

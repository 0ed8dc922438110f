package io.lorahub.web.budget;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Lets a number of threads in at a time, and fewer of each client. Others wait; those of the client with the fewest
 * inside come in first.
 */
final class Gate {

    private final IntSupplier most;
    private final IntSupplier mostPerClient;
    private final int mostWaiting;
    private final Duration patience;

    private final Map<String, Integer> insideBy = new HashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private int inside;

    private static final class Waiting {
        private final List<String> clients;
        private boolean admitted;

        private Waiting(List<String> clients) {
            this.clients = clients;
        }
    }

    /**
     * @param most number of threads inside
     * @param mostPerClient the same for a member
     * @param mostWaiting number of threads that wait; half of it for a member
     * @param patience how long they wait
     */
    Gate(IntSupplier most, IntSupplier mostPerClient, int mostWaiting, Duration patience) {
        this.most = most;
        this.mostPerClient = mostPerClient;
        this.mostWaiting = mostWaiting;
        this.patience = patience;
    }

    /**
     * {@link #leave} must follow.
     *
     * @throws io.lorahub.web.ProblemException with status 429 or 503 if too many are waiting, or the wait takes too long
     */
    synchronized void enter(List<String> clients) {
        if (isRoomFor(clients)) {
            admit(clients);
            return;
        }
        if (waiting.size() >= mostWaiting) throw refusal(clients);
        for (String client : clients) {
            long same = waiting.stream()
                    .filter(other -> other.clients.contains(client))
                    .count();
            if (same >= RequestBudgets.limit(client, mostWaiting / 4)) throw refusal(clients);
        }
        Waiting self = new Waiting(clients);
        waiting.add(self);
        try {
            long end = System.nanoTime() + patience.toNanos();
            for (long left = patience.toNanos(); !self.admitted && left > 0; left = end - System.nanoTime()) {
                wait(Math.max(1, left / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.remove(self);
        }
        if (!self.admitted) throw refusal(clients);
    }

    synchronized void leave(List<String> clients) {
        inside--;
        clients.forEach(client -> insideBy.computeIfPresent(client, (name, n) -> n == 1 ? null : (Integer) (n - 1)));
        waiting.stream()
                .filter(other -> !other.admitted && isRoomFor(other.clients))
                .min(Comparator.comparingInt(this::mostInside))
                .ifPresent(next -> {
                    admit(next.clients);
                    next.admitted = true;
                    notifyAll();
                });
    }

    /** Number of threads inside. */
    synchronized int inside() {
        return inside;
    }

    /** Number of threads that wait. */
    synchronized int waiting() {
        return waiting.size();
    }

    private boolean isRoomFor(List<String> clients) {
        return inside < most.getAsInt() && clients.stream().noneMatch(this::isFull);
    }

    private boolean isFull(String client) {
        return insideBy.getOrDefault(client, 0) >= RequestBudgets.limit(client, mostPerClient.getAsInt());
    }

    private int mostInside(Waiting other) {
        return other.clients.stream()
                .mapToInt(client -> insideBy.getOrDefault(client, 0))
                .max()
                .orElse(0);
    }

    private void admit(List<String> clients) {
        inside++;
        clients.forEach(client -> insideBy.merge(client, 1, Integer::sum));
    }

    private RuntimeException refusal(List<String> clients) {
        return clients.stream().anyMatch(this::isFull) ? RequestBudgets.clientIsFull() : RequestBudgets.processIsFull();
    }
}

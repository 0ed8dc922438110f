package io.lorahub.web.budget;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import io.lorahub.web.BodyStream;
import io.lorahub.web.ProblemException;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one request uses. Limits are those of its member, its address and the process, see {@link RequestBudgets};
 * exceeding one ends the request with status 429 or 503.
 */
public final class RequestBudget {

    /** Outside of requests: nothing is limited. */
    public static final RequestBudget NONE = new RequestBudget(null, List.of(), null);

    /** Memory of a JSON value in a tree, with its place in the parent, in bytes. */
    private static final int JSON_NODE = 64;

    /** Steps between two looks at the connection. */
    private static final int STEPS = 64;

    private final RequestBudgets budgets;
    private final List<String> clients;
    private final RoutingContext context;

    // all guarded by this
    private long held;
    private int working;
    private boolean ended;

    private int steps;
    private boolean computing;

    RequestBudget(RequestBudgets budgets, List<String> clients, RoutingContext context) {
        this.budgets = budgets;
        this.clients = clients;
        this.context = context;
    }

    /**
     * Takes memory until the end of the request. Call this before the memory is allocated.
     *
     * @throws ProblemException if its client or the process holds too much, or if the request has ended, because nothing would give the
     *     memory back any more
     */
    public synchronized void hold(long bytes) {
        if (context == null) return;
        if (isSettled()) throw gone();
        budgets.hold(clients, bytes);
        held += bytes;
    }

    /** Gives memory back before the end of the request. Does nothing afterwards, because all of it has been given back. */
    public synchronized void release(long bytes) {
        if (context == null || isSettled()) return;
        budgets.release(clients, bytes);
        held -= bytes;
    }

    /**
     * Begins work that only so many requests do at a time, and waits for its turn.
     *
     * @throws ProblemException if that takes too long
     */
    public Turn begin(RequestBudgets.Work work) {
        if (context == null) return () -> {};
        Gate gate = budgets.gate(work);
        gate.enter(clients);
        synchronized (this) {
            working++;
        }
        return () -> {
            gate.leave(clients);
            synchronized (this) {
                working--;
            }
            settle();
        };
    }

    /**
     * The large body of this request, for a thread that can block.
     *
     * @throws ProblemException if its client sends too many at a time
     */
    public BodyStream receive() {
        Turn turn = begin(RequestBudgets.Work.RECEIVE);
        try {
            return new BodyStream(context.request(), turn::close);
        } catch (RuntimeException e) {
            turn.close();
            throw e;
        }
    }

    /** Work that has begun; its end lets another begin. */
    @FunctionalInterface
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Computes for less than a second, see {@link RequestBudgets.Work#COMPUTE}; a part of the work can do so, too. */
    public <T> T compute(Supplier<T> work) {
        if (context == null || computing) return work.get();
        try (Turn turn = begin(RequestBudgets.Work.COMPUTE)) {
            computing = true;
            return work.get();
        } finally {
            computing = false;
        }
    }

    /**
     * Call this again and again during long work.
     *
     * @throws ProblemException if nobody waits for the result any more
     */
    public void step() {
        if (++steps % STEPS == 0 && context != null && context.response().closed()) throw gone();
    }

    /** The same tokens; each takes its memory from this budget, as in a tree. */
    public JsonParser counted(JsonParser json) {
        return new JsonParserDelegate(json) {
            private int uncounted;

            @Override
            public JsonToken nextToken() throws IOException {
                if (++uncounted == STEPS) {
                    hold((long) uncounted * JSON_NODE);
                    uncounted = 0;
                }
                return super.nextToken();
            }
        };
    }

    /** The request is answered, or its connection lost. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        settle();
    }

    private static ProblemException gone() {
        return ProblemException.badRequest("The client has closed the connection.");
    }

    /** A thread can continue for a while after its client has left. */
    private boolean isSettled() {
        return ended && working == 0;
    }

    private synchronized void settle() {
        if (!isSettled() || held == 0) return;
        budgets.release(clients, held);
        held = 0;
    }
}

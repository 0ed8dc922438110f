package io.lorahub.web.budget;

import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.WebConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.util.NetUtil;
import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What all requests use at the moment, by client. A client is a member, or an address: requests of a member count for
 * both. Limits of an address are twice those of a member, because several people can have the same.
 */
@Singleton
public class RequestBudgets implements MeterBinder {

    private static final String KEY = RequestBudgets.class.getName();

    /** Bytes of an IPv6 address that identify a household; its devices choose the rest freely (RFC 6177). */
    private static final int IPV6_NETWORK = 8;

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /** A browser shows nothing for so long. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    /** Clients for large files wait minutes for an answer. */
    private static final Duration LONG = Duration.ofSeconds(60);

    /** When to send a refused request again. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final WebConfig config;
    private final CurrentVertxRequest current;

    /** Bytes held by the process, and by each client that holds any. */
    private long held;

    private final Map<String, Long> heldBy = new HashMap<>();

    private final Map<Work, Gate> gates;

    /** What a request's thread does. Waiting requests occupy a thread, so few of them wait. */
    public enum Work {
        /** Receives a large body; as slow as its sender. */
        RECEIVE,
        /** Computes for less than a second: hashes a password, parses a text. */
        COMPUTE,
        /** Reads and writes large files. */
        ASSEMBLE
    }

    RequestBudgets(WebConfig config, CurrentVertxRequest current) {
        this.config = config;
        this.current = current;
        gates = Map.of(
                Work.RECEIVE, new Gate(config::bodies, config::bodiesPerClient, 0, Duration.ZERO),
                Work.COMPUTE, new Gate(() -> CORES, () -> Math.max(1, CORES / 2), 64, SHORT),
                Work.ASSEMBLE, new Gate(() -> CORES, () -> Math.max(1, CORES / 2), 16, LONG));
    }

    /** Of the request that this thread works on; {@link RequestBudget#NONE} outside of requests. */
    public RequestBudget current() {
        boolean inRequest = Arc.container().requestContext().isActive() && current.getCurrent() != null;
        return inRequest ? of(current.getCurrent()) : RequestBudget.NONE;
    }

    /** Of a request; what it holds is given back when the request has ended and nothing works on it any more. */
    public RequestBudget of(RoutingContext context) {
        RequestBudget known = context.get(KEY);
        if (known != null) return known;
        RequestBudget budget = new RequestBudget(this, clients(context), context);
        context.put(KEY, budget);
        context.addEndHandler(end -> budget.end());
        return budget;
    }

    private static List<String> clients(RoutingContext context) {
        List<String> clients = new ArrayList<>();
        if (context.request().remoteAddress() != null) {
            clients.add("address " + network(context.request().remoteAddress().hostAddress()));
        }
        if (context.user() instanceof QuarkusHttpUser user
                && !user.getSecurityIdentity().isAnonymous()) {
            clients.add("member " + user.getSecurityIdentity().getPrincipal().getName());
        }
        return clients;
    }

    /** An address of IPv4, or the network of one of IPv6. */
    public static String network(String address) {
        byte[] bytes = address == null ? null : NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null || bytes.length <= IPV6_NETWORK) return String.valueOf(address);
        return HexFormat.of().formatHex(Arrays.copyOf(bytes, IPV6_NETWORK));
    }

    private static Counter refusals(String budget) {
        return Counter.builder("lorahub.requests.refused")
                .description("Requests that were refused because a budget was used up")
                .tag("budget", budget)
                .register(Metrics.globalRegistry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        refusals("client");
        refusals("process");
        Gauge.builder("lorahub.requests.held", this::held)
                .description("Memory that requests hold for what they send")
                .baseUnit("bytes")
                .register(registry);
        for (Work work : Work.values()) {
            Gauge.builder("lorahub.requests.working", () -> inside(work))
                    .description("Requests that receive large bodies, compute, or assemble large files")
                    .tag("work", EnumNames.of(work))
                    .register(registry);
        }
    }

    /** @param limit of a member */
    static long limit(String client, long limit) {
        return client.startsWith("member ") ? limit : 2 * limit;
    }

    static ProblemException clientIsFull() {
        refusals("client").increment();
        return ProblemException.tooMany(
                "Your requests that are under way use as much of this server as one client can. Wait until they are done, then send it again.",
                SOON);
    }

    static ProblemException processIsFull() {
        refusals("process").increment();
        return ProblemException.unavailable(ProblemType.UNAVAILABLE.detail, SOON);
    }

    /** @throws ProblemException if that is more than the clients or the process can hold at a time */
    synchronized void hold(List<String> clients, long bytes) {
        long most = config.bufferedBodiesPerClient().asLongValue();
        for (String client : clients) {
            if (heldBy.getOrDefault(client, 0L) + bytes > limit(client, most)) throw clientIsFull();
        }
        if (held + bytes > config.bufferedBodies().asLongValue()) throw processIsFull();
        clients.forEach(client -> heldBy.merge(client, bytes, Long::sum));
        held += bytes;
    }

    synchronized void release(List<String> clients, long bytes) {
        for (String client : clients) {
            heldBy.computeIfPresent(client, (name, sum) -> sum == bytes ? null : (Long) (sum - bytes));
        }
        held -= bytes;
    }

    Gate gate(Work work) {
        return gates.get(work);
    }

    /** Number of requests that do such work at the moment. */
    public int inside(Work work) {
        return gates.get(work).inside();
    }

    /** Bytes that all requests hold at the moment. */
    public synchronized long held() {
        return held;
    }
}

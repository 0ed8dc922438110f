package io.lorahub.bench.soak;

import io.lorahub.bench.process.CutOffProxy;
import io.lorahub.engine.names.EnumNames;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** What happens to a part of the hub; the others work on. */
enum Fault {
    /** SIGKILL, and started again at once. */
    KILLED_WORKER,
    /** SIGTERM, and started again when it has ended. */
    STOPPED_WORKER,
    KILLED_WEB,
    STOPPED_WEB,
    /** SIGSTOP for a while, then SIGCONT. */
    FROZEN_WORKER,
    /** No process reaches the database for a while. */
    DATABASE_OUTAGE,
    STORE_OUTAGE;

    /** Such as {@code killed worker}. */
    String words() {
        return EnumNames.of(this).replace('-', ' ');
    }

    /**
     * Returns when the part works again.
     *
     * <p>The first web process and the first worker are never killed or stopped, so that something is old enough at the end to
     * see whether it grows.
     *
     * @param time how long an outage lasts
     */
    Happened happen(SoakHub hub, RandomGenerator random, Duration time) throws InterruptedException {
        return switch (this) {
            case KILLED_WORKER ->
                killed(any(random, hub.workers().subList(1, hub.workers().size())));
            case STOPPED_WORKER ->
                stopped(any(random, hub.workers().subList(1, hub.workers().size())));
            case KILLED_WEB ->
                killed(any(random, hub.webs().subList(1, hub.webs().size())));
            case STOPPED_WEB ->
                stopped(any(random, hub.webs().subList(1, hub.webs().size())));
            case FROZEN_WORKER -> frozen(any(random, hub.workers()), time);
            case DATABASE_OUTAGE -> outage(hub, SoakHub.Node::database, time);
            case STORE_OUTAGE -> outage(hub, SoakHub.Node::store, time);
        };
    }

    /**
     * @param part   such as {@code worker-2}; empty for all processes
     * @param wrong what must not be; empty if nothing is wrong
     */
    record Happened(String part, String wrong) {}

    private static SoakHub.Node any(RandomGenerator random, List<SoakHub.Node> nodes) {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private static Happened killed(SoakHub.Node node) throws InterruptedException {
        node.kill();
        node.start();
        return new Happened(node.name(), "");
    }

    private static Happened stopped(SoakHub.Node node) throws InterruptedException {
        boolean ended = node.terminate();
        node.start();
        return new Happened(node.name(), ended ? "" : "%s didn't end after SIGTERM".formatted(node.name()));
    }

    private static Happened frozen(SoakHub.Node node, Duration time) throws InterruptedException {
        node.freeze();
        Thread.sleep(time.toMillis());
        node.thaw();
        return new Happened(node.name(), "");
    }

    private static Happened outage(SoakHub hub, Function<SoakHub.Node, CutOffProxy> way, Duration time)
            throws InterruptedException {
        hub.nodes().forEach(node -> way.apply(node).cutOff());
        Thread.sleep(time.toMillis());
        hub.nodes().forEach(node -> way.apply(node).mend());
        return new Happened("", "");
    }
}

package io.lorahub.bench.soak;

import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.process.CutOffProxy;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Web and worker processes with a PostgreSQL and an object store, all on this machine. A process has a proxy of its own to
 * each of these, and members reach the web processes through one that takes the next that answers.
 */
final class SoakHub implements AutoCloseable {

    private static final long END_SECONDS = 180;

    private final HubUnderTest hub;
    private final S3Proxy store;
    private final Map<String, String> settings;
    private final List<Node> webs = new ArrayList<>();
    private final List<Node> workers = new ArrayList<>();
    private final CutOffProxy entrance;

    SoakHub(HubUnderTest hub, int webProcesses, int workerProcesses, Map<String, String> settings)
            throws IOException, InterruptedException {
        this.hub = hub;
        this.settings = settings;
        store = new S3Proxy(hub.folder().resolve("store"));
        for (int i = 1; i <= webProcesses; i++) {
            String name = "web-" + i;
            int port = freePort();
            webs.add(new Node(name, port, "serve", "--no-worker", "--port", String.valueOf(port)));
        }
        for (int i = 1; i <= workerProcesses; i++) {
            String name = "worker-" + i;
            workers.add(new Node(name, 0, "worker", "--device", "cpu", "--name", name));
        }
        entrance = new CutOffProxy(webs.stream()
                .map(web -> new InetSocketAddress(InetAddress.getLoopbackAddress(), web.port))
                .toList());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The first web process makes the tables and loads the demo hub. */
    void start() throws InterruptedException {
        webs.get(0).start();
        List<Node> others = new ArrayList<>(nodes());
        others.remove(webs.get(0));
        for (Node node : others) node.begin(Map.of());
        for (Node node : others) node.awaitStart();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + entrance.port());
    }

    HubUnderTest database() {
        return hub;
    }

    List<Node> webs() {
        return webs;
    }

    List<Node> workers() {
        return workers;
    }

    List<Node> nodes() {
        List<Node> all = new ArrayList<>(webs);
        all.addAll(workers);
        return all;
    }

    /** What a command needs to work on database and store. */
    Map<String, String> environment() {
        return webs.get(0).environment();
    }

    @Override
    public void close() throws InterruptedException {
        for (Node node : nodes()) node.close();
        entrance.close();
        store.close();
    }

    /** A process of the hub, which can end and start again. */
    final class Node {

        private final String name;
        private final int port;
        private final List<String> words;
        private final CutOffProxy database = new CutOffProxy(List.of(hub.database()));
        private final CutOffProxy storage = new CutOffProxy(List.of(store.address()));
        private volatile Process process;
        private volatile boolean up;
        private volatile int starts;

        private Node(String name, int port, String... words) {
            this.name = name;
            this.port = port;
            this.words = List.of(words);
        }

        String name() {
            return name;
        }

        CutOffProxy database() {
            return database;
        }

        CutOffProxy store() {
            return storage;
        }

        long pid() {
            return process.pid();
        }

        /** Whether it has started and wasn't told to end or to stand still. */
        boolean isUp() {
            return up && process.isAlive();
        }

        /** How often it was started. */
        int starts() {
            return starts;
        }

        private Path log() {
            return hub.folder().resolve("%s.%d.log".formatted(name, starts));
        }

        private Map<String, String> environment() {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(hub.databaseSettings());
            all.putAll(S3Proxy.settings(storage.port()));
            all.put("LORAHUB_DATABASE_URL", "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(database.port()));
            return all;
        }

        void start() throws InterruptedException {
            begin(Map.of());
            awaitStart();
        }

        /** @param more settings besides those of all processes */
        void begin(Map<String, String> more) {
            starts++;
            Map<String, String> all = environment();
            all.putAll(more);
            List<String> arguments = new ArrayList<>(words);
            arguments.addAll(List.of("--data", hub.folder().resolve(name).toString()));
            process = hub.begin(log(), all, arguments.toArray(String[]::new));
        }

        void awaitStart() {
            HubUnderTest.awaitStart(process, log());
            up = true;
        }

        /** As a lack of memory or power does. */
        void kill() throws InterruptedException {
            up = false;
            process.destroyForcibly().waitFor();
        }

        /** By SIGTERM; returns whether it ended by itself. */
        boolean terminate() throws InterruptedException {
            up = false;
            process.destroy();
            if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) return true;
            kill();
            return false;
        }

        /** SIGSTOP: it stands still, and nobody is told. */
        void freeze() throws InterruptedException {
            up = false;
            signal("STOP");
        }

        void thaw() throws InterruptedException {
            signal("CONT");
            up = true;
        }

        private void signal(String signal) throws InterruptedException {
            try {
                new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                        .start()
                        .waitFor();
            } catch (IOException e) {
                throw new EngineException("The process %s can't be sent a signal.".formatted(name), e);
            }
        }

        private void close() throws InterruptedException {
            if (process != null) kill();
            database.close();
            storage.close();
        }
    }
}

package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.BenchMember;
import io.lorahub.bench.hub.CompletionLoad;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.hub.OpenLoop;
import io.lorahub.bench.hub.OtherHub;
import io.lorahub.bench.hub.PageTraffic;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Members use a hub, faults happen, and at the end everything is counted. */
final class Soak {

    private static final int WEBS = 2;
    private static final int WORKERS = 3;
    private static final int COMPOSERS = 2;
    private static final int CHATTERS = 2;

    /** Pages a second. */
    private static final double PAGES = 2;

    /** Until browsers open new connections. */
    private static final Duration VISIT = Duration.ofSeconds(20);

    private static final Duration CHAT_PAUSE = Duration.ofMillis(700);
    private static final int ENDLESS = 1 << 30;

    /** After the load has ended; what takes longer is stuck. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Neither published nor cancelled: of members who never got an answer, or left. */
    private static final String UPLOADS = "select count(*) from upload where state not in ('PUBLISHED', 'CANCELLED')";

    private final HubUnderTest database;
    private final BenchProgress progress;
    private final long seed;
    private final Duration every;
    private final Duration outage;
    private final Map<Fault, List<Double>> faults = new EnumMap<>(Fault.class);
    private final List<Double> loads = new ArrayList<>();
    private final Collection<OpenLoop.Answer> pages = new ConcurrentLinkedQueue<>();
    private final List<String> wrong = new ArrayList<>();
    private SoakMembers members;
    private Vitals vitals;

    /** @param outage how long one lasts */
    Soak(HubUnderTest database, BenchProgress progress, long seed, Duration every, Duration outage) {
        this.database = database;
        this.progress = progress;
        this.seed = seed;
        this.every = every;
        this.outage = outage;
    }

    ObjectNode run(Duration time) throws IOException, SQLException, InterruptedException {
        try (OtherHub other = OtherHub.start(name -> members.repository(name));
                SoakHub hub = new SoakHub(database, WEBS, WORKERS, Map.of("LORAHUB_IMPORTS_HOSTS", other.host()));
                Connection connection = database.connect()) {
            progress.say("Starting %d web and %d worker processes".formatted(WEBS, WORKERS));
            hub.start();
            members = new SoakMembers(hub, database.folder().resolve("members"), seed);
            progress.say("Runs without a fault, with which others are compared");
            members.calmRuns(BenchMember.add(connection, "calm"));
            progress.say("Load and faults");
            CompletionLoad texts = texts(hub, connection);
            members.upload(BenchMember.add(connection, "uploader"));
            members.uploadByXet(BenchMember.add(connection, "pusher"));
            members.importFrom(BenchMember.add(connection, "importer"), other);
            for (int i = 0; i < COMPOSERS; i++) members.compose(BenchMember.add(connection, "composer-" + i));
            long end = System.nanoTime() + time.toNanos();
            Thread visitors = visitors(hub, new PageTraffic(connection, List.of("/adapters"), seed), end);
            texts.start(CHATTERS);
            disturb(hub, end);
            progress.say("No more load; waiting for what has begun");
            members.end(PATIENCE);
            visitors.join();
            ObjectNode result = result(time);
            result.set("texts", texts(texts, texts.end(PATIENCE)));
            result.put("jobs_left", jobsLeft());
            result.put("uploads_left", Long.parseLong(database.ask(UPLOADS)));
            new WorkAudit(database).check(members.works());
            result.set("work", work());
            wrong.addAll(members.errors());
            result.set("processes", vitals.json());
            progress.say("Comparing the store with the database");
            ObjectNode store =
                    new StoreAudit(hub, BenchMember.administrator(connection).token()).check();
            result.set("store", store);
            if (store.path("without_owner").asInt() > 0) wrong.add("Objects in the store have no owner.");
            if (store.path("missing_or_damaged").asInt() > 0) wrong.add("Files in the store are missing or damaged.");
            ArrayNode all = result.putArray("wrong");
            wrong.forEach(all::add);
            return result;
        }
    }

    void plot(Path folder) {
        vitals.plot(folder);
    }

    private CompletionLoad texts(SoakHub hub, Connection connection) throws SQLException {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < CHATTERS; i++)
            tokens.add(BenchMember.add(connection, "chatter-" + i).token());
        List<String> models = List.of("demo/un", "demo/past", "demo/un:1.0+demo/past:0.5");
        return new CompletionLoad(hub.address(), models, tokens, ENDLESS, CHAT_PAUSE);
    }

    private Thread visitors(SoakHub hub, PageTraffic traffic, long end) {
        Thread thread = new Thread(
                () -> {
                    while (System.nanoTime() < end)
                        pages.addAll(new OpenLoop(hub.address(), traffic).run(PAGES, VISIT));
                },
                "visitors");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** One fault after the other, each kind once in every round of all kinds. */
    private void disturb(SoakHub hub, long end) throws InterruptedException {
        Random random = new Random(seed);
        vitals = new Vitals(hub);
        List<Fault> round = new ArrayList<>();
        for (long next = System.nanoTime() + every.toNanos(); next < end; next += every.toNanos()) {
            await(next - every.toNanos() / 4);
            vitals.sample();
            loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            await(next);
            if (round.isEmpty()) {
                round.addAll(List.of(Fault.values()));
                Collections.shuffle(round, random);
            }
            happen(round.remove(0), hub, random);
        }
        await(end);
        vitals.sample();
    }

    private void happen(Fault fault, SoakHub hub, Random random) throws InterruptedException {
        long start = System.nanoTime();
        Fault.Happened happened = fault.happen(hub, random, outage);
        double seconds = (System.nanoTime() - start) / 1e9;
        faults.computeIfAbsent(fault, kind -> new ArrayList<>()).add(seconds);
        if (!happened.wrong().isEmpty()) wrong.add(happened.wrong());
        progress.say("%s %s, %.0f s; %d pieces of work, %d open"
                .formatted(
                        fault.words(),
                        happened.part(),
                        seconds,
                        members.works().size(),
                        members.works().stream()
                                .filter(work -> !work.hasEnded())
                                .count()));
    }

    private static void await(long time) throws InterruptedException {
        long left = (time - System.nanoTime()) / 1_000_000;
        if (left > 0) Thread.sleep(left);
    }

    private ObjectNode result(Duration time) {
        ObjectNode result = BenchOutput.JSON
                .createObjectNode()
                .put("minutes", time.toMinutes())
                .put("every_seconds", every.toSeconds())
                .put("seed", seed)
                .put("processors", Runtime.getRuntime().availableProcessors());
        if (!loads.isEmpty()) {
            Samples load = Samples.of(loads);
            result.put("load_least", load.quantile(0)).put("load_most", load.quantile(1));
        }
        ArrayNode list = result.putArray("faults");
        faults.forEach((fault, seconds) -> list.addObject()
                .put("fault", fault.words())
                .put("times", seconds.size())
                .put("longest_seconds", Samples.of(seconds).quantile(1)));
        long good = pages.stream().filter(page -> page.status() == 200).count();
        long unavailable = pages.stream().filter(page -> page.status() == 503).count();
        long broken = pages.stream().filter(page -> page.status() == 0).count();
        long others = pages.size() - good - unavailable - broken;
        result.putObject("pages")
                .put("requests", pages.size())
                .put("good", good)
                .put("unavailable", unavailable)
                .put("broken", broken)
                .put("other", others);
        if (others > 0) {
            pages.stream()
                    .filter(page -> !List.of(0, 200, 503).contains(page.status()))
                    .map(page -> "%s was answered with %d.".formatted(page.path(), page.status()))
                    .forEach(wrong::add);
        }
        return result;
    }

    private ObjectNode texts(CompletionLoad load, int stuck) {
        ObjectNode texts = BenchOutput.JSON.createObjectNode().put("begun", load.ended() + stuck);
        for (CompletionLoad.End end : CompletionLoad.End.values()) texts.put(EnumNames.of(end), load.count(end));
        texts.put("stuck", stuck);
        if (load.count(CompletionLoad.End.WRONG) > 0) wrong.add("Texts are wrong, or a part looks whole.");
        if (stuck > 0) wrong.add("%d requests for texts don't end.".formatted(stuck));
        return texts;
    }

    private long jobsLeft() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        long jobs = database.jobs();
        while (jobs > 0 && System.nanoTime() < end) {
            Thread.sleep(500);
            jobs = database.jobs();
        }
        if (jobs > 0) wrong.add("%d jobs are left in the queues.".formatted(jobs));
        return jobs;
    }

    private ArrayNode work() {
        ArrayNode kinds = BenchOutput.JSON.createArrayNode();
        for (Work.Kind kind : Work.Kind.values()) {
            List<Work> own =
                    members.works().stream().filter(work -> work.kind() == kind).toList();
            List<Double> seconds =
                    own.stream().filter(Work::hasEnded).map(Work::seconds).toList();
            kinds.addObject()
                    .put("work", kind.title())
                    .put("begun", own.size())
                    .put("again", own.stream().mapToInt(Work::tries).sum())
                    .put(
                            "p50_seconds",
                            seconds.isEmpty() ? 0 : Samples.of(seconds).median())
                    .put(
                            "longest_seconds",
                            seconds.isEmpty() ? 0 : Samples.of(seconds).quantile(1))
                    .put(
                            "lost",
                            own.stream().filter(work -> !work.why().isEmpty()).count())
                    .put("double", own.stream().filter(Work::isTwice).count())
                    .put("stuck", own.stream().filter(work -> !work.hasEnded()).count());
            for (Work work : own) {
                if (!work.why().isEmpty())
                    wrong.add("%s %s was lost: %s".formatted(kind.title(), work.name(), work.why()));
                if (work.isTwice()) wrong.add("%s %s is there twice.".formatted(kind.title(), work.name()));
                if (!work.hasEnded()) {
                    wrong.add("%s %s doesn't end: %s".formatted(kind.title(), work.name(), work.lastTry()));
                }
            }
        }
        return kinds;
    }
}

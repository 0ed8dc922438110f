package io.lorahub.generation;

import io.lorahub.composition.RunOwner;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one member, or the visitors from one network address, can have written: requests at a time, per minute and per day,
 * tokens per day. Counted from the table of generations, over the time before now. Exact in a transaction that holds
 * {@code RunOwner.lock()}.
 */
@ApplicationScoped
class GenerationLimits {

    static final Duration DAY = Duration.ofHours(24);

    private static final String USED = """
            select count(*) filter (where state <> 'ENDED'),
                   count(*) filter (where created_at > :minute), min(created_at) filter (where created_at > :minute),
                   count(*), coalesce(sum(tokens), 0), min(created_at)
              from generation where %s = :owner and created_at > :day""";

    private static final String OF_VISITORS =
            "select count(*) from generation where person_id is null and state <> 'ENDED'" + " and created_at > :day";

    private final GenerationConfig config;
    private final EntityManager entities;
    private final DatabaseClock clock;

    GenerationLimits(GenerationConfig config, EntityManager entities, DatabaseClock clock) {
        this.config = config;
        this.entities = entities;
        this.clock = clock;
    }

    private record Allowance(int atOnce, int perMinute, int perDay, int tokensPerDay) {}

    /**
     * The allowance of the caller before a request, and how much of it is used.
     *
     * @param open requests that have not ended
     */
    record Usage(
            Allowance allowance,
            long open,
            long inMinute,
            Duration minuteEnds,
            long inDay,
            long tokens,
            Duration dayEnds) {

        /**
         * OpenAI's headers, of the limit of requests that leaves fewer, once this request is counted; and those of the day,
         * named as other servers do whose limits are longer than a minute.
         */
        Map<String, String> headers(int taken) {
            long ofMinute = Math.max(0, allowance.perMinute - inMinute - 1);
            long ofDay = Math.max(0, allowance.perDay - inDay - 1);
            boolean byMinute = ofMinute <= ofDay;
            return Map.of(
                    "x-ratelimit-limit-requests-day", String.valueOf(allowance.perDay),
                    "x-ratelimit-remaining-requests-day", String.valueOf(ofDay),
                    "x-ratelimit-reset-requests-day", seconds(dayEnds),
                    "x-ratelimit-limit-requests", String.valueOf(byMinute ? allowance.perMinute : allowance.perDay),
                    "x-ratelimit-remaining-requests", String.valueOf(Math.min(ofMinute, ofDay)),
                    "x-ratelimit-reset-requests", seconds(byMinute ? minuteEnds : dayEnds),
                    "x-ratelimit-limit-tokens", String.valueOf(allowance.tokensPerDay),
                    "x-ratelimit-remaining-tokens",
                            String.valueOf(Math.max(0, allowance.tokensPerDay - tokens - taken)),
                    "x-ratelimit-reset-tokens", seconds(dayEnds));
        }

        TryBoxes.Left left() {
            return new TryBoxes.Left(
                    Math.max(0, allowance.perDay - inDay),
                    allowance.perDay,
                    Math.max(0, allowance.tokensPerDay - tokens),
                    allowance.tokensPerDay,
                    allowance.perMinute);
        }

        private static String seconds(Duration duration) {
            return duration.toSeconds() + "s";
        }
    }

    /**
     * @param taken tokens that the request reads and can have written
     * @throws ProblemException if another request would exceed a limit
     */
    Usage require(RunOwner owner, int taken) {
        boolean visitor = owner.visitor().isPresent();
        Usage usage = used(owner);
        Allowance most = usage.allowance;
        if (usage.inDay >= most.perDay) {
            throw refused(usage, "%,d requests in 24 hours".formatted(most.perDay), usage.dayEnds);
        }
        if (usage.inMinute >= most.perMinute) {
            throw refused(usage, "%,d requests in a minute".formatted(most.perMinute), usage.minuteEnds);
        }
        if (usage.tokens + taken > most.tokensPerDay) {
            throw refused(
                    usage,
                    "%,d tokens in 24 hours, of which %,d are used and this request could take %,d"
                            .formatted(most.tokensPerDay, usage.tokens, taken),
                    usage.dayEnds);
        }
        if (usage.open >= most.atOnce) {
            throw refused(usage, "%,d requests at a time".formatted(most.atOnce), Duration.ofSeconds(1));
        }
        if (visitor && openOfVisitors() >= config.visitorsAtOnce()) {
            throw ProblemException.tooMany(
                    "Many visitors are using this right now. Try again in a moment, or send an access token.",
                    Duration.ofSeconds(5));
        }
        return usage;
    }

    private static ProblemException refused(Usage usage, String limit, Duration wait) {
        Map<String, String> headers = new HashMap<>(usage.headers(0));
        headers.put("Retry-After", String.valueOf(Math.max(1, wait.toSeconds())));
        return new ProblemException(
                ProblemType.TOO_MANY,
                ProblemType.TOO_MANY.headline,
                "The limit is %s. Try again later.".formatted(limit),
                List.of(),
                headers);
    }

    /** What the caller has used of the limits. */
    Usage used(RunOwner owner) {
        boolean visitor = owner.visitor().isPresent();
        Instant now = clock.now();
        Object[] row = (Object[]) entities.createNativeQuery(USED.formatted(visitor ? "network" : "person_id"))
                .setParameter("minute", now.minusSeconds(60))
                .setParameter("day", now.minus(DAY))
                .setParameter(
                        "owner",
                        visitor ? owner.visitor().get() : owner.person().orElseThrow().id)
                .getSingleResult();
        Allowance allowance = visitor
                ? new Allowance(
                        config.addressAtOnce(),
                        config.addressPerMinute(),
                        config.addressPerDay(),
                        config.addressTokensPerDay())
                : new Allowance(config.atOnce(), config.perMinute(), config.perDay(), config.tokensPerDay());
        return new Usage(
                allowance,
                number(row[0]),
                number(row[1]),
                left(row[2], Duration.ofMinutes(1), now),
                number(row[3]),
                number(row[4]),
                left(row[5], DAY, now));
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }

    /** Until the first request that counts no longer does. */
    private static Duration left(Object first, Duration window, Instant now) {
        Instant since = first == null ? now : (Instant) first;
        Duration left = Duration.between(now, since.plus(window));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private long openOfVisitors() {
        return number(entities.createNativeQuery(OF_VISITORS)
                .setParameter("day", clock.now().minus(DAY))
                .getSingleResult());
    }
}

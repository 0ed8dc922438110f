package io.lorahub.imports.source;

import java.io.IOException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Response;

/** Another hub refuses something, can't be reached, or answers with something unusable. The message is a sentence. */
public final class RemoteHubException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final boolean passing;
    private final boolean slow;
    private final transient Duration wait;

    private RemoteHubException(String message, boolean passing, boolean slow, Duration wait, Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.slow = slow;
        this.wait = wait;
    }

    public static RemoteHubException lasting(String message) {
        return new RemoteHubException(message, false, false, null, null);
    }

    /** The file ended before its announced size, or the connection did. */
    public static RemoteHubException cut(RemoteHub.Source source, String file) {
        return passing("The connection to %s was lost while %s arrived.".formatted(source.host(), file), null);
    }

    /**
     * The transfer was ended because too little arrived.
     *
     * @param what   what was to arrive, as a noun
     * @param speed  in bytes per second, over the given time
     * @param slowest speed that the hub allows
     */
    static RemoteHubException slow(RemoteHub.Source source, String what, long speed, Duration time, long slowest) {
        String sentence = "%s sends %s too slowly: %,d bytes per second over %s, where this hub asks for %,d or more."
                .formatted(source.host(), what, speed, words(time), slowest);
        return new RemoteHubException(sentence, true, true, null, null);
    }

    private static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        return seconds == 60 ? "a minute" : seconds == 1 ? "a second" : "%,d seconds".formatted(seconds);
    }

    /** The answer isn't in the protocol. */
    static RemoteHubException foreign(RemoteHub.Source source) {
        return lasting("%s doesn't answer like a hub with the Hugging Face Hub's protocol.".formatted(source.host()));
    }

    /** What an exception of the connection means. */
    static RemoteHubException lost(RemoteHub.Source source, IOException e) {
        if (e instanceof SSLPeerUnverifiedException || e.getCause() instanceof CertificateException) {
            return lasting(
                    "This hub doesn't trust the certificate of %s. Its operator can let it trust another authority (Run a hub, Allow imports)."
                            .formatted(source.host()));
        }
        String sentence = e instanceof UnknownHostException
                ? "The address of %s can't be found."
                : "The connection to %s was lost, or could not be made.";
        return passing(sentence.formatted(source.host()), e);
    }

    /** @param what what was asked for, as a noun */
    static RemoteHubException refused(RemoteHub.Source source, Response answer, String what) {
        String host = source.host();
        return switch (answer.code()) {
            case 401 ->
                lasting(
                        source.token() == null
                                ? "%s has no public repository %s. If it is private or gated, give a token of that hub."
                                        .formatted(host, source.repository())
                                : "%s doesn't accept the token for %s.".formatted(host, source.repository()));
            case 403 ->
                lasting("%s refuses access to %s. Its page there may ask you to accept its terms first."
                        .formatted(host, source.repository()));
            case 404 ->
                lasting(
                        source.token() == null
                                ? "%s doesn't have %s, or it is private; then give a token of that hub."
                                        .formatted(host, what)
                                : "%s doesn't have %s, or the token doesn't open it.".formatted(host, what));
            case 429 -> busy("%s answers no more requests for now.".formatted(host), retryAfter(answer));
            case 408, 500, 502, 503, 504 ->
                busy("%s answers with the status %d.".formatted(host, answer.code()), retryAfter(answer));
            default -> lasting("%s answers with the status %d.".formatted(host, answer.code()));
        };
    }

    private static RemoteHubException passing(String message, Throwable cause) {
        return new RemoteHubException(message, true, false, null, cause);
    }

    /** @param wait for which the hub asks; null if it doesn't say */
    private static RemoteHubException busy(String message, Duration wait) {
        return new RemoteHubException(message, true, false, wait, null);
    }

    /** Retry-After of RFC 9110, in seconds or as a date; null if there is none. */
    private static Duration retryAfter(Response answer) {
        String text = answer.header("Retry-After", "").strip();
        if (text.matches("\\d{1,9}")) return atMost(Duration.ofSeconds(Long.parseLong(text)));
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant();
            return atMost(Duration.between(Instant.now(), until));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Duration atMost(Duration wait) {
        if (wait.isNegative()) return Duration.ZERO;
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** Whether the same request can succeed later. */
    public boolean isPassing() {
        return passing;
    }

    /** Whether the transfer was too slow, so that what arrived is no progress. */
    public boolean isSlow() {
        return slow;
    }

    public Optional<Duration> pause() {
        return Optional.ofNullable(wait);
    }
}

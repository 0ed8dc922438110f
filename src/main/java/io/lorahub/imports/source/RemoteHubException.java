package io.lorahub.imports.source;

import java.time.Duration;
import java.util.Optional;

/** Another hub refuses something, can't be reached, or answers with something unusable. The message is a sentence. */
public final class RemoteHubException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean passing;
    private final transient Duration wait;

    private RemoteHubException(String message, boolean passing, Duration wait, Throwable cause) {
        super(message, cause);
        this.passing = passing;
        this.wait = wait;
    }

    public static RemoteHubException lasting(String message) {
        return new RemoteHubException(message, false, null, null);
    }

    /** The file ended before its announced size, or the connection did. */
    public static RemoteHubException cut(RemoteHub.Source source, String file) {
        return passing("The connection to %s was lost while %s arrived.".formatted(source.host(), file), null);
    }

    static RemoteHubException passing(String message, Throwable cause) {
        return new RemoteHubException(message, true, null, cause);
    }

    /** @param wait for which the hub asks; null if it doesn't say */
    static RemoteHubException busy(String message, Duration wait) {
        return new RemoteHubException(message, true, wait, null);
    }

    /** Whether the same request can succeed later. */
    public boolean isPassing() {
        return passing;
    }

    public Optional<Duration> pause() {
        return Optional.ofNullable(wait);
    }
}

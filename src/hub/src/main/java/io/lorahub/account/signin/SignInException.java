package io.lorahub.account.signin;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A failed sign-in, with a title and advice on what to do. */
public class SignInException extends RuntimeException {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("H:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final String WRONG = "Name or password is wrong.";
    private static final int UNPROCESSABLE = 422;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final String[] NUMBERS = {"No", "One", "Two", "Three", "Four"};

    private final String detail;
    private final int status;

    private SignInException(int status, String title, String detail) {
        super(title);
        this.detail = detail;
        this.status = status;
    }

    static SignInException wrong() {
        return new SignInException(UNPROCESSABLE, WRONG, "");
    }

    /** @param left remaining attempts, under five */
    static SignInException wrong(int left) {
        long minutes = SignInThrottle.LOCK.toMinutes();
        String detail = left == 0
                ? "This name is now locked here for %d minutes.".formatted(minutes)
                : "%s more %s, then this name is locked here for %d minutes."
                        .formatted(NUMBERS[left], left == 1 ? "try" : "tries", minutes);
        return new SignInException(UNPROCESSABLE, WRONG, detail);
    }

    static SignInException wrongCode() {
        return new SignInException(
                UNPROCESSABLE, "This code is wrong, already used, or too old.", "Type the one that the app shows now.");
    }

    static SignInException locked(Instant until) {
        long minutes = Math.max(
                1, Duration.between(Instant.now(), until).plusSeconds(59).toMinutes());
        return new SignInException(
                TOO_MANY,
                "This name is locked here.",
                "There were too many wrong passwords. Try again in %d %s, after %s. Browsers in which you signed in before are not locked, and an administrator can give you a link."
                        .formatted(minutes, minutes == 1 ? "minute" : "minutes", TIME.format(until)));
    }

    static SignInException banned(String reason) {
        return new SignInException(FORBIDDEN, "This account is banned.", "The reason given: %s".formatted(reason));
    }

    public String title() {
        return getMessage();
    }

    public String detail() {
        return detail;
    }

    public int status() {
        return status;
    }
}

package io.lorahub.account.signin;

import io.lorahub.engine.names.EnumNames;
import java.util.Optional;

/** Why a person returns to the sign-in page without being signed in. */
public enum SignInReason {
    UNREACHABLE(
            "Your organisation's sign-in does not answer.", "Try again in a minute, or sign in with a password here."),
    REFUSED("Your organisation did not sign you in.", "If you did not cancel it yourself, try again."),
    NOT_ADMITTED(
            "Your account at the organisation can't sign in here.",
            "This hub admits only some e-mail domains or groups. Ask its administrator."),
    TOO_LATE("That took too long.", "Sign in again."),
    SIGNED_OUT(
            "You were signed out.",
            "Your session in this browser has ended. Sign in again to return to where you were."),
    NOT_SAVED(
            "You were signed out, and what you sent was not saved.",
            "Your session in this browser has ended. Sign in again, and send it once more."),
    COMPOSE(
            "Sign in to compose adapters.",
            "You need an account for your own runs. The prepared tasks on the start page work without one."),
    NOT_CONFIGURED("This hub has no organisation sign-in.", "Sign in with a password.");

    static final String FAULT = "danger";

    private final String title;
    private final String detail;

    SignInReason(String title, String detail) {
        this.title = title;
        this.detail = detail;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return detail;
    }

    /** Style of the notice on the page. */
    String kind() {
        return this == SIGNED_OUT || this == COMPOSE ? "info" : FAULT;
    }

    /** Address of the sign-in page with this note. */
    public String address() {
        return "/signin?note=" + key();
    }

    public static Optional<SignInReason> of(String key) {
        return EnumNames.find(SignInReason.class, key);
    }

    private String key() {
        return EnumNames.of(this);
    }
}

package io.lorahub.cli.terminal;

/** What the program's exit status says. */
public final class ExitCode {

    public static final int OK = 0;
    public static final int FINDINGS = 1;
    public static final int USAGE = 2;
    public static final int INPUT = 3;
    static final int INTERNAL = 70;
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}

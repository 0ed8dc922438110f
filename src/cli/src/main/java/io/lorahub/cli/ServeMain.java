package io.lorahub.cli;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Locale;

/** The entry point of {@code quarkus-run.jar} and of the development mode, which passes no arguments. */
@QuarkusMain
public final class ServeMain {

    private ServeMain() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // as in Main
        int code = Main.run(args.length == 0 ? new String[] {"serve"} : args);
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) System.exit(code); // development mode starts it again
    }
}

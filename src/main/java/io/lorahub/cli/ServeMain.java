package io.lorahub.cli;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where Quarkus begins: {@code quarkus-run.jar} and the development mode, which has no arguments. */
@QuarkusMain
public final class ServeMain {

    private ServeMain() {}

    public static void main(String[] args) {
        int code = Main.run(args.length == 0 ? new String[] {"serve"} : args);
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT) System.exit(code); // else it will be started again
    }
}

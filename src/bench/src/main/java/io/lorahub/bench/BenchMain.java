package io.lorahub.bench;

import io.lorahub.cli.Main;

/** The command line with the benchmarks, as a checkout has it; the program itself has none. */
public final class BenchMain {

    private BenchMain() {}

    public static void main(String[] args) {
        Main.add("bench", BenchCommand.class);
        Main.main(args);
    }
}

package io.lorahub.bench;

import io.lorahub.bench.dist.DistCommand;
import io.lorahub.cli.Main;

/** The command line with the benchmarks and {@code dist}, as a checkout has it; the program itself has none. */
public final class BenchMain {

    private BenchMain() {}

    public static void main(String[] args) {
        Main.add("bench", BenchCommand.class);
        Main.add("dist", DistCommand.class);
        Main.main(args);
    }
}

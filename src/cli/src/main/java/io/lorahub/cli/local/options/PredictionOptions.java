package io.lorahub.cli.local.options;

import picocli.CommandLine.Option;

/** Whether to show what a mix writes. */
public final class PredictionOptions {

    @Option(names = "--predictions", description = "Show what the mix writes for each input.")
    private boolean asked;

    public boolean asked() {
        return asked;
    }
}

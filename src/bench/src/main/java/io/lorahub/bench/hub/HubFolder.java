package io.lorahub.bench.hub;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a bench starts its hub. */
public final class HubFolder {

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where the hub keeps its data, and so the disk that is measured. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    /** A hub with an empty, durable database, which isn't running yet. */
    public HubUnderTest open() {
        return HubUnderTest.in(folder);
    }
}

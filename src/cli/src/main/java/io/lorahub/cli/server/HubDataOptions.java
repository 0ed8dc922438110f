package io.lorahub.cli.server;

import io.lorahub.serve.HubStore;
import io.lorahub.settings.features.FeatureSettings;
import io.lorahub.xdg.UserFolders;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Where the data of a hub is, for commands that work on it beside the hub or without it. */
final class HubDataOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:LORAHUB_DATA}",
            description = "The hub's data folder. LORAHUB_DATA; else lorahub in XDG_DATA_HOME or ~/.local/share.")
    private Optional<Path> data;

    <T> T with(Function<HubStore, T> work) {
        return HubStore.with(System.getenv(), FeatureSettings.ALL, data.orElseGet(UserFolders::data), work);
    }

    <T> T withNew(Function<HubStore, T> work) {
        return HubStore.withNew(System.getenv(), FeatureSettings.ALL, data.orElseGet(UserFolders::data), work);
    }
}

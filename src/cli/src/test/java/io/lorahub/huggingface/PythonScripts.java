package io.lorahub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.server.HubProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The scripts of src/interop against a packaged hub of their own, in the environments that {@code ./lorahub test
 * --interop} makes.
 */
public final class PythonScripts implements AutoCloseable {

    private static final Path SCRIPTS = Checkout.path("src/interop");
    private static final long MINUTES = 10;

    private final Path installed = Path.of(System.getProperty("lorahub.interop"));
    private final Path folder;
    private final HubProcess hub;
    private final String url;

    /** Starts the hub, with two members whose tokens the scripts find. */
    public PythonScripts(Path folder, String environment) throws Exception {
        this.folder = folder;
        hub = HubProcess.start(Map.of(), "serve", "--data", folder.resolve("hub"), "--port", 0);
        url = hub.awaitUrl();
        run(environment, "members.py");
    }

    /** Address of the hub. */
    public String url() {
        return url;
    }

    /** Where the environments and their downloads are. */
    Path installed() {
        return installed;
    }

    public String run(String environment, String script, String... more) throws Exception {
        return run(environment, script, folder.resolve("tokens.json"), more);
    }

    /** @return what it printed; it fails the test if it ends with an error or not in time */
    String run(String environment, String script, Path tokens, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                installed.resolve(environment).resolve("bin/python").toString(),
                SCRIPTS.resolve(script).toString(),
                url));
        command.addAll(List.of(more));
        Path output = Files.createTempFile(folder, script, ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LORAHUB_TOKENS", tokens.toString());
        builder.environment().put("HF_HUB_DISABLE_PROGRESS_BARS", "1");
        Process process = builder.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        assertThat(ended)
                .as("%s ends within %d minutes: %s", script, MINUTES, printed)
                .isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }

    @Override
    public void close() throws InterruptedException {
        hub.close();
    }
}

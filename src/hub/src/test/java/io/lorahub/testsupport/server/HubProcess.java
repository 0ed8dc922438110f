package io.lorahub.testsupport.server;

import io.lorahub.testsupport.Checkout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged hub, run as a user runs it: a process of its own, on a free port. */
public final class HubProcess implements AutoCloseable {

    private static final Pattern URL = Pattern.compile("http://[\\w.]+:\\d+");

    private static final Pattern FIRST_ADMIN = Pattern.compile("http://\\S+/first-admin/\\S+");

    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<String> firstAdmin = new CompletableFuture<>();

    private HubProcess(Process process) {
        this.process = process;
        this.out = process.inputReader();
    }

    /**
     * As ./lorahub starts it, from the archive of its classes, but without the optimizing compiler and parallel collectors: they
     * would take more of the few cores than they give back in so short a life.
     *
     * @param words the command and its options
     */
    public static HubProcess start(Map<String, String> environment, Object... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:SharedArchiveFile=" + Checkout.path("target/lorahub.jsa"),
                "-Xshare:auto",
                "-Xlog:cds=off",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-cp",
                Files.readString(Checkout.path("target/lorahub.jsa.classpath")).strip(),
                "io.lorahub.cli.Main"));
        for (Object word : words) command.add(word.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return new HubProcess(builder.start());
    }

    /** Waits until it answers and has loaded the initial content, and returns its address. */
    public String awaitUrl() throws IOException {
        String url = null;
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher match = URL.matcher(line);
            if (url == null && match.find()) url = match.group();
            Matcher link = FIRST_ADMIN.matcher(line);
            if (link.find()) firstAdmin.complete(link.group());
            if (url == null || !line.equals("Ctrl-C ends it.")) continue;
            drain();
            return url;
        }
        throw new AssertionError("The server ended before it answered: " + err());
    }

    /** Where the first administrator of a new hub signs up; after {@link #awaitUrl}. */
    public String awaitFirstAdminLink() throws Exception {
        return firstAdmin.get(1, TimeUnit.MINUTES);
    }

    /** Its later output is read too, because it would block otherwise. */
    private void drain() {
        Thread thread = new Thread(() -> {
            try {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    Matcher link = FIRST_ADMIN.matcher(line);
                    if (link.find()) firstAdmin.complete(link.group());
                }
            } catch (IOException e) {
                // it was killed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    public static int status(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** All that it prints to standard output, until it ends. */
    public String out() throws IOException {
        StringWriter text = new StringWriter();
        out.transferTo(text);
        return text.toString();
    }

    /** All that it printed to standard error, once it has ended. */
    public String err() throws IOException {
        return new String(process.getErrorStream().readAllBytes());
    }

    /** Stops it as Ctrl-C does, and waits; returns the exit status. */
    public int terminate() throws InterruptedException {
        process.toHandle().destroy();
        return awaitExit();
    }

    public int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it as kill -9 or a loss of power does. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) terminate();
    }
}

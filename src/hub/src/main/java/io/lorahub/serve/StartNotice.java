package io.lorahub.serve;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.inject.Instance;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Prints the server's address once it answers with all that a new hub has; then waits until it is stopped. */
public final class StartNotice implements QuarkusApplication {

    private final HttpServer server;
    private final Instance<FirstAdminLink> firstAdmin;
    private final ServeConfig config;
    private final String host;
    private final Optional<String> publicUrl;
    private final boolean demo;
    private final boolean visitors;
    private final Event<Serving> serving;

    StartNotice(
            HttpServer server,
            Instance<FirstAdminLink> firstAdmin,
            ServeConfig config,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "lorahub.public-url") Optional<String> publicUrl,
            @ConfigProperty(name = "lorahub.demo.load", defaultValue = "true") boolean demo,
            @ConfigProperty(name = "lorahub.generation.visitors", defaultValue = "true") boolean visitors,
            Event<Serving> serving) {
        this.server = server;
        this.firstAdmin = firstAdmin;
        this.config = config;
        this.host = host;
        this.publicUrl = publicUrl;
        this.demo = demo;
        this.visitors = visitors;
        this.serving = serving;
    }

    /** @param data path of the data directory */
    @Override
    public int run(String... data) {
        serving.fire(new Serving(config.role().hasPages()));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Address address = new Address(host, server.getPort());
        String url = publicUrl.orElseGet(address::url);
        out.print(addresses(config.role(), address, publicUrl));
        out.printf("Data       %s%n", data[0]);
        if (config.role().hasPages()) out.print(openAi(url));
        if (config.role().hasPages() && firstAdmin.isResolvable()) {
            firstAdmin
                    .get()
                    .path()
                    .ifPresent(path -> out.printf(
                            "%nThe first administrator signs up here, once:%n           %s%s%n%n", url, path));
        }
        out.println("Ctrl-C ends it.");
        Quarkus.waitForExit();
        return 0;
    }

    /** What programs for OpenAI's API need, and a line to try it with. */
    private String openAi(String url) {
        String token = visitors ? "" : " -H \"Authorization: Bearer $LORAHUB_TOKEN\"";
        String line = demo
                ? "curl%s %s/v1/completions -H \"Content-Type: application/json\" -d '{\"model\": \"demo/un\", \"prompt\": \"lock\", \"temperature\": 0}'"
                : "curl%s %s/v1/models";
        return "OpenAI API %s/v1%n           %s%n".formatted(url, line.formatted(token, url));
    }

    /** Behind a proxy, two addresses: that of the hub for others, and the one to which the proxy has to connect. */
    static String addresses(ServerRole role, Address address, Optional<String> publicUrl) {
        if (!role.hasPages()) return "LoraHub    a worker; its health is at %s/q/health%n".formatted(address.url());
        return "LoraHub    %s%n".formatted(publicUrl.orElseGet(address::url))
                + publicUrl.map(url -> "Listening  %s%n".formatted(address)).orElse("");
    }
}

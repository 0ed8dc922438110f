package io.lorahub.serve;

import io.lorahub.engine.names.EnumNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Passes the command line's options to Quarkus as system properties. */
final class ServerSettings {

    private static final String FORWARDING = "QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING";
    private static final String PROXIES = "LORAHUB_CONNECTIONS_TRUSTED_PROXIES";
    private static final String TRACES = "OTEL_";
    private static final String COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private final Map<String, String> environment;
    private final List<SettingDefinition> definitions;

    /** @param features interfaces that declare settings */
    ServerSettings(Map<String, String> environment, List<Class<?>> features) {
        this.environment = environment;
        this.definitions = DeclaredSettings.of(features);
    }

    /** Address of the PostgreSQL to use instead of the embedded one. */
    Optional<String> databaseUrl() {
        return Optional.ofNullable(environment.get("LORAHUB_DATABASE_URL")).filter(url -> !url.isBlank());
    }

    void apply(ServerOptions options) {
        set("quarkus.http.host", options.host());
        set("quarkus.http.port", Integer.toString(options.port()));
        set("lorahub.serve.role", EnumNames.of(options.role()));
        set("lorahub.worker.enabled", Boolean.toString(options.role().doesJobs()));
        set("lorahub.worker.warm", Boolean.toString(!options.role().hasPages()));
        // Quarkus's former names of these settings, used before other settings began with them.
        copy("QUARKUS_LOG_CONSOLE_JSON", "quarkus.log.console.json.enabled");
        copy("QUARKUS_LOG_FILE_JSON", "quarkus.log.file.json.enabled");
        // OpenTelemetry's own variables, which Quarkus knows with its prefix
        for (String variable : environment.keySet()) {
            if (variable.startsWith(TRACES)) {
                copy(variable, "quarkus." + variable.toLowerCase(Locale.ROOT).replace('_', '.'));
            }
        }
        if (environment.containsKey(COLLECTOR)) {
            boolean off = "true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"));
            set("quarkus.otel.sdk.disabled", Boolean.toString(off));
        }
        options.publicUrl().ifPresent(url -> set("lorahub.public-url", url));
        options.settings().forEach(ServerSettings::set);
        for (SettingDefinition setting : definitions) acceptFormerName(setting);
    }

    /** Uses the value of a setting's former name, unless the present name is set too. */
    private void acceptFormerName(SettingDefinition setting) {
        String former = setting.formerName();
        if (former.equals(setting.name())) return;
        String variable = SettingDefinition.variable(former);
        String value = System.getProperty(former, environment.get(variable));
        if (value == null) return;
        System.err.printf(
                "lorahub: %s (%s) is now called %s (%s); change it, because a later release won't accept the old name.%n",
                former, variable, setting.name(), setting.variable());
        if (System.getProperty(setting.name(), environment.get(setting.variable())) == null) set(setting.name(), value);
    }

    /** Call after {@link #apply}, because the command line overrides the environment. */
    void check() {
        SettingsValidator validator = validator();
        validator.check();
        for (String name : validator.unknown(environment.keySet())) {
            System.err.println("lorahub: " + name + " isn't a setting; it has no effect.");
        }
        if (environment.containsKey(FORWARDING) && !environment.containsKey(PROXIES)) {
            System.err.println("lorahub: " + FORWARDING + " alone has no effect; give the proxy's address in " + PROXIES
                    + ", or all visitors have that address.");
        }
    }

    /** Where health and metrics are served besides the pages; call after {@link #apply}. */
    Optional<Address> monitoring() {
        SettingsValidator validator = validator();
        return validator
                .value("lorahub.admin.monitoring-port")
                .filter(port -> !port.isEmpty())
                .flatMap(port -> validator
                        .value("lorahub.admin.monitoring-host")
                        .map(host -> new Address(host, Integer.parseInt(port))));
    }

    private SettingsValidator validator() {
        return new SettingsValidator(
                definitions,
                name -> Optional.ofNullable(
                        System.getProperty(name, environment.get(SettingDefinition.variable(name)))));
    }

    void applyFolders(Path data) {
        setUnlessInEnvironment("lorahub.storage.directory", data.resolve("objects"));
        setUnlessInEnvironment("lorahub.accounts.key-file", data.resolve("second-factor.key"));
        setUnlessInEnvironment("lorahub.worker.cache", data.resolve("worker"));
        setUnlessInEnvironment("quarkus.http.body.uploads-directory", data.resolve("uploads"));
    }

    void applyDatabase(String url, String username, String password) {
        set("quarkus.datasource.jdbc.url", url);
        set("quarkus.datasource.username", username);
        set("quarkus.datasource.password", password);
    }

    void applyExternalDatabase(String url) {
        set("quarkus.datasource.jdbc.url", jdbcUrl(url));
        copy("LORAHUB_DATABASE_USERNAME", "quarkus.datasource.username");
        copy("LORAHUB_DATABASE_PASSWORD", "quarkus.datasource.password");
    }

    static String jdbcUrl(String url) {
        return url.startsWith("jdbc:") ? url : "jdbc:" + url;
    }

    /** Logs everything to a file, and warnings without traces to the terminal. */
    void logToFile(Path file) {
        set("quarkus.log.file.enabled", "true");
        set("quarkus.log.file.path", file.toString());
        set("quarkus.log.console.level", "WARN");
        set("quarkus.log.console.format", "lorahub: %s (%c{1.})%n");
        set("quarkus.log.console.stderr", "true");
    }

    /** Whether the log goes to a file, so that the terminal shows only messages that require action. */
    boolean logsToFile() {
        return System.getProperty("quarkus.log.file.path") != null;
    }

    private void copy(String variable, String property) {
        String value = environment.get(variable);
        if (value != null) set(property, value);
    }

    private void setUnlessInEnvironment(String property, Path value) {
        String variable = property.replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT);
        if (!environment.containsKey(variable)) set(property, value.toString());
    }

    private static void set(String property, String value) {
        System.setProperty(property, value);
    }
}

package io.lorahub.serve;

import io.quarkus.runtime.configuration.DurationConverter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks all settings that the features declare, before anything starts. The framework would report only one error at a
 * time, late and in its own words, and accepts values that make no sense, such as a negative number of accounts or a
 * text that is not an address.
 */
final class SettingsValidator {

    /** Variables that are read outside of the features: by the command line, the start, and the database setup. */
    private static final Set<String> OF_THE_PROCESS = Set.of(
            "LORAHUB_DATA",
            "LORAHUB_HOST",
            "LORAHUB_PORT",
            "LORAHUB_SERVER",
            "LORAHUB_TOKEN",
            "LORAHUB_FROM_TOKEN",
            "LORAHUB_DATABASE_USERNAME",
            "LORAHUB_DATABASE_PASSWORD");

    /** The host of a server that listens on all addresses. */
    private static final String ANY = "0.0.0.0";

    private final List<SettingDefinition> settings;
    private final Function<String, Optional<String>> given;

    /** @param given the value set for the name of a setting */
    SettingsValidator(List<SettingDefinition> settings, Function<String, Optional<String>> given) {
        this.settings = settings;
        this.given = given;
    }

    /**
     * Variables that begin like the hub's but have no meaning, sorted, so that a misspelt one does not go unnoticed.
     */
    List<String> unknown(Set<String> variables) {
        Set<String> known = settings.stream()
                .flatMap(setting -> Stream.of(setting.name(), setting.formerName()))
                .map(SettingDefinition::variable)
                .collect(Collectors.toSet());
        return variables.stream()
                .filter(name -> name.startsWith("LORAHUB_"))
                .filter(name -> !known.contains(name) && !OF_THE_PROCESS.contains(name))
                .sorted()
                .toList();
    }

    /** @throws ServeException with a line for each wrong or missing setting */
    void check() {
        List<String> faults = new ArrayList<>();
        for (SettingDefinition setting : settings)
            given.apply(setting.name()).flatMap(setting::fault).ifPresent(faults::add);
        if (isSet("lorahub.oidc.issuer")) {
            need("lorahub.oidc.client-id", "lorahub.oidc.issuer is set", faults);
            need("lorahub.oidc.client-secret", "lorahub.oidc.issuer is set", faults);
        }
        Stream.of("lorahub.oidc.client-id", "lorahub.oidc.client-secret")
                .filter(this::isSet)
                .findFirst()
                .ifPresent(name -> need("lorahub.oidc.issuer", name + " is set", faults));
        if (isSet("lorahub.oidc.required-claim")) {
            need("lorahub.oidc.required-values", "lorahub.oidc.required-claim is set", faults);
        }
        if (isSet("lorahub.oidc.required-values")) {
            need("lorahub.oidc.required-claim", "lorahub.oidc.required-values is set", faults);
        }
        if (given.apply("lorahub.storage.kind").filter("s3"::equalsIgnoreCase).isPresent()) {
            for (String name : List.of("endpoint", "access-key", "secret-key")) {
                need("lorahub.storage.s3." + name, "lorahub.storage.kind is s3", faults);
            }
        }
        if (isMonitoredAtThePages()) {
            faults.add(
                    "lorahub.admin.monitoring-port (LORAHUB_ADMIN_MONITORING_PORT) is the port of the pages; it has to be another.");
        }
        // otherwise the sweep could remove what a request is still sending
        if (faults.isEmpty()) requireShorter("lorahub.upload.longest", "lorahub.sweep.staging", faults);
        if (!faults.isEmpty()) throw new ServeException(sentence(faults));
    }

    private void requireShorter(String name, String other, List<String> faults) {
        String value = value(name).orElse("");
        String most = value(other).orElse("");
        if (value.isEmpty() || most.isEmpty()) return;
        if (DurationConverter.parseDuration(value).compareTo(DurationConverter.parseDuration(most)) < 0) return;
        faults.add("%s (%s) is %s; it has to be shorter than %s (%s), %s."
                .formatted(
                        name, SettingDefinition.variable(name), value, other, SettingDefinition.variable(other), most));
    }

    /** What is given, or else the default; empty for what contains other settings. */
    Optional<String> value(String name) {
        return given.apply(name)
                .map(String::strip)
                .or(() -> settings.stream()
                        .filter(setting -> setting.name().equals(name))
                        .findFirst()
                        .flatMap(SettingDefinition::standard))
                .filter(value -> !value.contains("${"));
    }

    private boolean isMonitoredAtThePages() {
        Optional<String> port = given.apply("lorahub.admin.monitoring-port")
                .map(String::strip)
                .filter(given -> !given.isEmpty() && !given.equals("0"));
        if (port.isEmpty() || !port.equals(given.apply("quarkus.http.port"))) return false;
        Optional<String> own =
                given.apply("lorahub.admin.monitoring-host").map(String::strip).filter(host -> !host.equals(ANY));
        Optional<String> ofPages = given.apply("quarkus.http.host").filter(host -> !host.equals(ANY));
        return own.isEmpty() || ofPages.isEmpty() || own.equals(ofPages);
    }

    /** All errors, one per line. */
    static String sentence(List<String> faults) {
        String count = faults.size() == 1 ? "A setting is wrong:" : faults.size() + " settings are wrong:";
        return count + "\n  " + String.join("\n  ", faults);
    }

    private void need(String name, String why, List<String> faults) {
        if (!isSet(name))
            faults.add(
                    "%s (%s) is missing; it is needed as %s.".formatted(name, SettingDefinition.variable(name), why));
    }

    private boolean isSet(String name) {
        return given.apply(name).filter(value -> !value.isBlank()).isPresent();
    }
}

package io.lorahub.serve;

import static io.lorahub.serve.SettingDefinition.bytes;
import static io.lorahub.serve.SettingDefinition.fitting;
import static io.lorahub.serve.SettingDefinition.flag;
import static io.lorahub.serve.SettingDefinition.listOf;
import static io.lorahub.serve.SettingDefinition.oneOf;
import static io.lorahub.serve.SettingDefinition.size;
import static io.lorahub.serve.SettingDefinition.text;
import static io.lorahub.serve.SettingDefinition.time;
import static io.lorahub.serve.SettingDefinition.url;
import static io.lorahub.serve.SettingDefinition.urls;
import static io.lorahub.serve.SettingDefinition.whole;
import static io.lorahub.serve.SettingDefinition.word;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks all settings in docs/settings.md that the features read, before anything starts. The framework would report
 * only one error at a time, late and in its own words, and accepts values that make no sense, such as a negative number
 * of accounts or a text that is not an address.
 */
final class SettingsValidator {

    static final List<SettingDefinition> ALL = List.of(
            url("lorahub.public-url"),
            fitting(
                    "lorahub.database-url",
                    "(jdbc:)?postgresql://.+",
                    "an address such as postgresql://host:5432/name"),
            oneOf("lorahub.serve.role", "all", "web", "worker"),
            oneOf("lorahub.storage.kind", "directory", "s3"),
            word("lorahub.storage.directory"),
            size("lorahub.storage.free-space"),
            url("lorahub.storage.s3.endpoint"),
            word("lorahub.storage.s3.bucket"),
            text("lorahub.storage.s3.access-key"),
            text("lorahub.storage.s3.secret-key"),
            word("lorahub.storage.s3.region"),
            time("lorahub.storage.s3.timeout"),
            time("lorahub.sweep.grace"),
            time("lorahub.sweep.staging"),
            time("lorahub.scrub.interval"),
            time("lorahub.scrub.budget"),
            flag("lorahub.accounts.registration"),
            whole("lorahub.accounts.registrations-per-hour", 0),
            whole("lorahub.accounts.sign-ins-per-hour", 1),
            fitting("lorahub.accounts.secret-key", "\\S{32,}", "32 or more random characters without spaces"),
            word("lorahub.accounts.key-file"),
            time("lorahub.accounts.session-idle"),
            time("lorahub.accounts.session-life"),
            url("lorahub.oidc.issuer"),
            text("lorahub.oidc.client-id"),
            text("lorahub.oidc.client-secret"),
            word("lorahub.oidc.name"),
            word("lorahub.oidc.scopes"),
            listOf(
                    "lorahub.oidc.email-domains",
                    "[^\\s@,]+",
                    "domains without @, separated by commas, such as uni.example,lab.uni.example"),
            word("lorahub.oidc.required-claim"),
            word("lorahub.oidc.required-values"),
            size("lorahub.upload.file-size"),
            size("lorahub.upload.adapter-size"),
            size("lorahub.upload.zip-contents"),
            whole("lorahub.upload.open-per-member", 1),
            size("lorahub.upload.per-day"),
            size("lorahub.upload.per-member"),
            time("lorahub.upload.longest"),
            time("lorahub.upload.stale-after"),
            flag("lorahub.checks.enabled"),
            flag("lorahub.checks.base-models"),
            whole("lorahub.checks.threads", 1),
            time("lorahub.checks.poll"),
            time("lorahub.checks.heartbeat"),
            size("lorahub.checks.memory"),
            time("lorahub.checks.deadline"),
            size("lorahub.checks.bytes-per-second"),
            listOf(
                    "lorahub.imports.hosts",
                    "(https?://)?(\\*\\.)?([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?/?",
                    "hosts, separated by commas, such as huggingface.co,*.hf.co,http://10.0.0.5:8080"),
            flag("lorahub.imports.enabled"),
            whole("lorahub.imports.threads", 1),
            whole("lorahub.imports.per-member", 1),
            time("lorahub.imports.poll"),
            time("lorahub.imports.heartbeat"),
            time("lorahub.imports.pause"),
            size("lorahub.imports.low-speed-limit"),
            time("lorahub.imports.low-speed-time"),
            time("lorahub.imports.longest"),
            size("lorahub.imports.base-model-size"),
            word("lorahub.imports.folder"),
            bytes("lorahub.imports.piece"),
            time("lorahub.imports.keep"),
            whole("lorahub.composition.candidates", 1),
            whole("lorahub.composition.examples", 1),
            whole("lorahub.composition.held-out", 0),
            whole("lorahub.composition.characters", 1),
            whole("lorahub.composition.budget", 1),
            whole("lorahub.composition.queued", 1),
            flag("lorahub.composition.visitors"),
            whole("lorahub.composition.queued-by-visitor", 1),
            whole("lorahub.composition.queued-by-visitors", 1),
            whole("lorahub.composition.queued-by-address", 1),
            time("lorahub.composition.visitor-runs"),
            whole("lorahub.tasks.waiting", 1),
            whole("lorahub.tasks.per-minute", 1),
            whole("lorahub.tasks.waiting-of-visitors", 1),
            whole("lorahub.tasks.waiting-of-address", 1),
            whole("lorahub.tasks.inputs", 1),
            whole("lorahub.tasks.suggestions", 1),
            time("lorahub.tasks.life"),
            flag("lorahub.worker.enabled"),
            text("lorahub.worker.name"),
            whole("lorahub.worker.slots", 1),
            fitting("lorahub.worker.device", "cpu|gpu(:\\d+)?", "cpu, gpu or gpu:N"),
            whole("lorahub.worker.threads", 0),
            word("lorahub.worker.cache"),
            bytes("lorahub.worker.cache-size"),
            size("lorahub.worker.free-space"),
            flag("lorahub.worker.warm"),
            bytes("lorahub.worker.memory"),
            time("lorahub.worker.poll"),
            time("lorahub.worker.heartbeat"),
            size("lorahub.web.max-body"),
            time("lorahub.web.body-pace"),
            size("lorahub.web.buffered-bodies"),
            size("lorahub.web.buffered-bodies-per-client"),
            whole("lorahub.web.bodies", 1),
            whole("lorahub.web.bodies-per-client", 1),
            word("lorahub.web.hosts"),
            urls("lorahub.web.form-targets"),
            whole("lorahub.connections.max", 1),
            whole("lorahub.connections.per-address", 1),
            time("lorahub.connections.head-timeout"),
            listOf(
                    "lorahub.connections.trusted-proxies",
                    "(\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*)(/\\d{1,3})?",
                    "addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8"),
            flag("lorahub.admin.open-metrics"),
            whole("lorahub.moderation.open-reports", 1),
            flag("lorahub.base-models.downloads"),
            flag("lorahub.demo.load"));

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

    private final Function<String, Optional<String>> given;

    /** @param given the value set for the name of a setting */
    SettingsValidator(Function<String, Optional<String>> given) {
        this.given = given;
    }

    /**
     * Variables that begin like the hub's but have no meaning, sorted, so that a misspelt one does not go unnoticed.
     */
    static List<String> unknown(Set<String> variables) {
        Set<String> known = ALL.stream()
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
        for (SettingDefinition setting : ALL)
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
        if (!faults.isEmpty()) throw new ServeException(sentence(faults));
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

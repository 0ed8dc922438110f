package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.lorahub.settings.features.FeatureSettings;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsValidatorTest {

    private static final List<SettingDefinition> ALL = DeclaredSettings.of(FeatureSettings.ALL);

    private static final Path CLASSES = Checkout.path("src/hub/target/classes");

    @Test
    void nothing_given_is_right() {
        check(Map.of());
    }

    @Test
    void all_faults_are_said_at_once_with_name_variable_value_and_what_is_allowed() {
        assertThatThrownBy(() -> check(Map.of(
                        "lorahub.accounts.registrations-per-hour", "-3",
                        "lorahub.public-url", "notaurl",
                        "lorahub.oidc.issuer", "https://login.example.org")))
                .isInstanceOf(ServeException.class)
                .hasMessage("""
                        4 settings are wrong:
                          lorahub.public-url (LORAHUB_PUBLIC_URL) is "notaurl"; it has to be an address such as https://hub.example.org.
                          lorahub.accounts.registrations-per-hour (LORAHUB_ACCOUNTS_REGISTRATIONS_PER_HOUR) is "-3"; it has to be a whole number, 0 or more.
                          lorahub.oidc.client-id (LORAHUB_OIDC_CLIENT_ID) is missing; it is needed as lorahub.oidc.issuer is set.
                          lorahub.oidc.client-secret (LORAHUB_OIDC_CLIENT_SECRET) is missing; it is needed as lorahub.oidc.issuer is set.""");
    }

    /** Without these, the sign-in would be off, or admit nobody, and nothing would say why. */
    @Test
    void a_sign_in_through_an_organisation_that_could_not_work_is_refused() {
        assertThatThrownBy(() -> check(Map.of("lorahub.oidc.client-id", "hub")))
                .hasMessageContaining(
                        "(LORAHUB_OIDC_ISSUER) is missing; it is needed as lorahub.oidc.client-id is set.");
        assertThatThrownBy(() -> check(Map.of("lorahub.oidc.email-domains", "uni.example,@lab.example")))
                .hasMessageContaining("has the entry \"@lab.example\"; it has to be domains without @");
    }

    @Test
    void a_list_names_its_wrong_entry() {
        assertThatThrownBy(() -> check(Map.of("lorahub.imports.hosts", "huggingface.co, hub.example/models,*.hf.co")))
                .hasMessageContaining("has the entry \"hub.example/models\"; it has to be hosts")
                .hasMessageNotContaining("is \"huggingface.co");
        assertThatThrownBy(() -> check(Map.of("lorahub.imports.hosts", "huggingface.co,")))
                .hasMessageContaining("has an empty entry, number 2 of 2");
    }

    @Test
    void addresses_of_proxies_are_addresses() {
        check(Map.of("lorahub.connections.trusted-proxies", "127.0.0.1, 10.0.0.0/8,fd00::/64,::1"));
        for (String wrong : List.of("300.1.1.1", "10.0.0.0/33", "fd00::/129", "proxy.example")) {
            assertThatThrownBy(() -> check(Map.of("lorahub.connections.trusted-proxies", wrong)))
                    .hasMessageContaining("has the entry \"%s\"; it has to be addresses", wrong);
        }
    }

    @Test
    void the_port_for_monitoring_is_a_port_of_its_own() {
        check(Map.of("lorahub.admin.monitoring-port", "9464", "quarkus.http.port", "8080"));
        for (String wrong : List.of("abc", "-1", "65536")) {
            assertThatThrownBy(() -> check(Map.of("lorahub.admin.monitoring-port", wrong)))
                    .hasMessageContaining("is \"%s\"; it has to be a port from 0 to 65535", wrong);
        }
        assertThatThrownBy(() -> check(Map.of("lorahub.admin.monitoring-port", "8080", "quarkus.http.port", "8080")))
                .hasMessageContaining("(LORAHUB_ADMIN_MONITORING_PORT) is the port of the pages");
        check(Map.of(
                "lorahub.admin.monitoring-port", "8080",
                "lorahub.admin.monitoring-host", "10.0.0.5",
                "quarkus.http.port", "8080",
                "quarkus.http.host", "127.0.0.1"));
    }

    @Test
    void a_variable_that_is_misspelt_is_told() {
        assertThat(validator(Map.of())
                        .unknown(Set.of(
                                "LORAHUB_UPLAOD_FILE_SIZE",
                                "LORAHUB_UPLOAD_FILE_SIZE",
                                "LORAHUB_DOCTOR_THREADS",
                                "LORAHUB_DATA",
                                "HOME")))
                .containsExactly("LORAHUB_UPLAOD_FILE_SIZE");
    }

    @Test
    void the_documentation_has_exactly_the_settings() throws IOException {
        Set<String> documented = Pattern.compile("`(LORAHUB_[A-Z0-9_]*[A-Z0-9])`")
                .matcher(Files.readString(Checkout.path("docs/settings.md")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(validator(Map.of()).unknown(documented)).isEmpty();
        assertThat(ALL.stream().map(SettingDefinition::variable).filter(variable -> !documented.contains(variable)))
                .as("set by the command")
                .containsExactlyInAnyOrder("LORAHUB_SERVE_ROLE", "LORAHUB_WORKER_ENABLED", "LORAHUB_WORKER_WARM");
    }

    @ParameterizedTest
    @CsvSource({
        "lorahub.demo.load,yess",
        "lorahub.connections.trusted-proxies,proxy.example.org",
        "lorahub.connections.trusted-proxies,10.0.0",
        "lorahub.checks.enabled,''",
        "lorahub.checks.threads,0",
        "lorahub.checks.threads,99999999999",
        "lorahub.upload.file-size,big",
        "lorahub.upload.file-size,-5",
        "lorahub.upload.file-size,10E",
        "lorahub.upload.longest,999999d",
        "lorahub.web.hosts,hub.example/models",
        "lorahub.sweep.grace,soon",
        "lorahub.sweep.grace,-1h",
        "lorahub.worker.poll,0s",
        "lorahub.worker.memory,4G",
        "lorahub.oidc.required-claim,''",
        "lorahub.worker.device,tpu",
        "lorahub.storage.kind,ftp",
        "lorahub.storage.kind,s3",
        "lorahub.public-url,hub.example.org",
        "lorahub.public-url,https://",
        "lorahub.public-url,ftp://hub.example.org",
        "lorahub.web.form-targets,'https://a.example, b'",
        "lorahub.database-url,mysql://db/hub"
    })
    void impossible_values_are_refused(String name, String value) {
        assertThatThrownBy(() -> check(Map.of(name, value))).hasMessageContaining("wrong:");
    }

    @ParameterizedTest
    @CsvSource({
        "lorahub.demo.load,False",
        "lorahub.connections.trusted-proxies,127.0.0.1",
        "lorahub.connections.trusted-proxies,'127.0.0.1, 10.0.0.0/8,fd00::/8,::1'",
        "lorahub.checks.enabled,on",
        "lorahub.upload.file-size,500M",
        "lorahub.upload.file-size,2000000000",
        "lorahub.sweep.grace,7d",
        "lorahub.sweep.grace,90",
        "lorahub.worker.poll,PT0.25S",
        "lorahub.worker.device,gpu:1",
        "lorahub.worker.cache,${java.io.tmpdir}/x",
        "lorahub.storage.kind,Directory",
        "lorahub.oidc.issuer,''",
        "lorahub.public-url,http://localhost:8080/",
        "lorahub.web.form-targets,'https://a.example, https://b.example:8443'",
        "lorahub.database-url,jdbc:postgresql://db:5432/hub"
    })
    void values_allowed_by_settings_md_are_accepted(String name, String value) {
        check(Map.of(name, value));
    }

    @Test
    void an_upload_must_end_before_the_sweep_takes_it_for_left_over() {
        assertThatThrownBy(() -> check(Map.of("lorahub.sweep.staging", "6h")))
                .hasMessageContaining(
                        "lorahub.upload.longest (LORAHUB_UPLOAD_LONGEST) is 6h; it has to be shorter than lorahub.sweep.staging (LORAHUB_SWEEP_STAGING), 6h.");
        check(Map.of("lorahub.sweep.staging", "6h", "lorahub.upload.longest", "PT5H"));
        check(Map.of("lorahub.upload.longest", "${some.other}"));
    }

    @Test
    void the_command_line_and_the_environment_are_read() {
        System.clearProperty("lorahub.demo.load"); // a test with the demo hub may have left it
        assertThatThrownBy(() -> new ServerSettings(Map.of("LORAHUB_DEMO_LOAD", "yess"), FeatureSettings.ALL).check())
                .hasMessageContaining("lorahub.demo.load (LORAHUB_DEMO_LOAD) is \"yess\"; it has to be true or false.");
    }

    @Test
    void every_feature_is_listed() throws IOException {
        assertThat(FeatureSettings.ALL).containsExactlyInAnyOrderElementsOf(features());
    }

    @Test
    void a_setting_is_named_and_limited_by_its_method() {
        assertThat(ALL)
                .extracting(SettingDefinition::name)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(50);
        assertThat(ALL)
                .extracting(SettingDefinition::name, SettingDefinition::allowed)
                .contains(
                        tuple("lorahub.storage.s3.access-key", "a text"),
                        tuple("lorahub.serve.role", "all or web or worker"),
                        tuple("lorahub.checks.threads", "a whole number, 1 or more"),
                        tuple("lorahub.worker.threads", "a whole number, 0 or more"),
                        tuple("lorahub.worker.memory", "a number of bytes, 1 or more"),
                        tuple("lorahub.worker.device", "cpu, gpu or gpu:N"));
    }

    private static SettingsValidator validator(Map<String, String> given) {
        return new SettingsValidator(ALL, name -> Optional.ofNullable(given.get(name)));
    }

    private static void check(Map<String, String> given) {
        validator(given).check();
    }

    private static List<Class<?>> features() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("io/lorahub"))) {
            return files.filter(file -> file.toString().endsWith("Config.class"))
                    .filter(file -> read(file).contains("Lio/smallrye/config/ConfigMapping;"))
                    .<Class<?>>map(SettingsValidatorTest::load)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Class<?> load(Path file) {
        String name = CLASSES.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
        try {
            return Class.forName(name, false, SettingsValidatorTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("The class %s is compiled and cannot be loaded.".formatted(name), e);
        }
    }
}

package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.lorahub.account.AccountsConfig;
import io.lorahub.organisation.OrganisationConfig;
import io.lorahub.storage.object.StorageConfig;
import io.lorahub.testsupport.Checkout;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be checked without running the images: they set variables that exist and use ports that are served. */
class DockerFilesTest {

    private static final Path FOLDER = Checkout.path("docker");

    /** What the other images read, by their own documentation. */
    private static final Map<String, Set<String>> OTHERS = Map.of(
            "postgres", Set.of("POSTGRES_PASSWORD"),
            "minio", Set.of("MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"),
            "minio-setup", Set.of(),
            "keycloak",
                    Set.of(("KC_BOOTSTRAP_ADMIN_USERNAME KC_BOOTSTRAP_ADMIN_PASSWORD KC_DB KC_DB_URL KC_DB_USERNAME"
                                    + " KC_DB_PASSWORD KC_HOSTNAME KC_HTTP_ENABLED KC_HTTP_PORT KC_PROXY_HEADERS")
                            .split(" ")));

    /** What Java and OpenMP read. */
    private static final Set<String> OF_THE_MACHINE =
            Set.of("JAVA_TOOL_OPTIONS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "LANG");

    private static final String PINNED = "FROM \\S+:\\d+\\.\\d+\\S*( AS \\w+)?";

    private static ComposeFile compose;
    private static String dockerfile;

    @BeforeAll
    static void read() throws IOException {
        compose = ComposeFile.read(FOLDER.resolve("compose.yaml"));
        dockerfile = Files.readString(FOLDER.resolve("Dockerfile"));
    }

    @Test
    void all_parts_of_a_hub_are_there() {
        assertThat(compose.names())
                .containsExactly("backup", "keycloak", "minio", "minio-setup", "postgres", "web", "web-2", "worker");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "worker", "backup"})
    void every_variable_of_the_hub_is_a_setting(String service) {
        assertThat(settings())
                .containsAll(compose.service(service).environment().keySet());
    }

    @Test
    void every_variable_of_the_image_is_a_setting() {
        Set<String> known = settings();
        known.addAll(OF_THE_MACHINE);
        assertThat(known).containsAll(imageEnvironment().keySet());
    }

    @Test
    void every_variable_of_the_chart_is_a_setting() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String file : List.of("values.yaml", "templates/_parts.tpl")) {
            Pattern.compile("LORAHUB_[A-Z0-9_]*[A-Z0-9]")
                    .matcher(Files.readString(FOLDER.resolve("chart").resolve(file)))
                    .results()
                    .map(MatchResult::group)
                    .forEach(named::add);
        }
        assertThat(named).hasSizeGreaterThan(10);
        assertThat(settings()).containsAll(named);
    }

    @Test
    void every_variable_of_the_others_is_one_that_they_read() throws IOException {
        Set<String> ofRealm = Pattern.compile("\\$\\{(\\w+)}")
                .matcher(Files.readString(FOLDER.resolve("realm.json")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        OTHERS.forEach((service, known) -> {
            Set<String> all = new TreeSet<>(known);
            if (service.equals("keycloak")) all.addAll(ofRealm);
            assertThat(all).containsAll(compose.service(service).environment().keySet());
        });
        assertThat(compose.service("keycloak").environment()).containsKeys(ofRealm.toArray(String[]::new));
    }

    @Test
    void the_hub_takes_the_values() {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new EnvConfigSource(
                        compose.service("web").environment(name -> "https://" + name.toLowerCase(Locale.ROOT)), 300))
                .withConverter(Duration.class, 200, new DurationConverter())
                .withConverter(MemorySize.class, 200, new MemorySizeConverter())
                .withMapping(StorageConfig.class, "lorahub.storage")
                .withMapping(OrganisationConfig.class, "lorahub.oidc")
                .withMapping(AccountsConfig.class, "lorahub.accounts")
                .build();
        StorageConfig storage = config.getConfigMapping(StorageConfig.class);
        assertThat(storage.kind()).isEqualTo(StorageConfig.Kind.S3);
        assertThat(storage.s3().endpoint()).contains("http://minio:9000");
        assertThat(storage.s3().secretKey()).contains("https://minio_password");
        assertThat(config.getConfigMapping(OrganisationConfig.class).issuer())
                .contains(URI.create("https://keycloak_url/realms/lorahub"));
        assertThat(config.getConfigMapping(AccountsConfig.class).registration()).isFalse();
    }

    @Test
    void every_secret_has_to_be_given() {
        for (Map.Entry<String, ComposeFile.Service> service : compose.services().entrySet()) {
            service.getValue().environment().forEach((name, value) -> {
                if (name.matches(".*(PASSWORD|SECRET|SECRET_KEY)$"))
                    assertThat(value).as("%s of %s", name, service.getKey()).matches("\\$\\{\\w+:\\?.+}");
            });
            assertThat(service.getValue().references())
                    .as("default values in %s", service.getKey())
                    .allMatch(reference -> reference.group(2).equals(":?"));
        }
        assertThat(imageEnvironment().keySet()).noneMatch(name -> name.matches(".*(PASSWORD|SECRET|KEY).*"));
    }

    @Test
    void nobody_has_the_password_of_an_administrator_or_of_another() {
        Map<String, String> hub = compose.service("web").environment();
        Map<String, String> keycloak = compose.service("keycloak").environment();
        assertThat(hub.values()).noneMatch(value -> value.contains("{POSTGRES_PASSWORD") || value.contains("ROOT"));
        assertThat(keycloak.get("KC_DB_USERNAME")).isNotEqualTo(hub.get("LORAHUB_DATABASE_USERNAME"));
        assertThat(keycloak.get("KC_DB_PASSWORD"))
                .isNotEqualTo(hub.get("LORAHUB_DATABASE_PASSWORD"))
                .doesNotContain("{POSTGRES_PASSWORD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "worker", "backup"})
    void the_hub_has_no_privileges_and_its_passwords_are_in_no_variable(String service) throws IOException {
        assertThat(compose.service(service).all())
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"))
                .doesNotContainKey("privileged");
        String text = Files.readString(FOLDER.resolve("compose.yaml"));
        assertThat(text).doesNotContainPattern("LORAHUB_\\w*(PASSWORD|SECRET|SECRET_KEY): ");
    }

    @Test
    void the_second_web_process_differs_in_its_port_only() {
        Map<String, Object> second = new TreeMap<>(compose.service("web-2").all());
        assertThat(second).containsEntry("ports", List.of("127.0.0.1:8081:8080"));
        second.put("ports", List.of("127.0.0.1:8080:8080"));
        assertThat(second).isEqualTo(compose.service("web").all());
    }

    @ParameterizedTest
    @ValueSource(strings = {"web", "worker", "backup", "postgres", "minio", "keycloak"})
    void every_part_has_limits_and_time_to_end(String service) {
        assertThat(compose.service(service).all()).containsKeys("mem_limit", "stop_grace_period", "logging");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "minio-setup"})
    void mounted_scripts_exist_and_read_the_secrets(String service) throws IOException {
        for (String volume : compose.service(service).volumes()) {
            if (!volume.startsWith("./")) continue;
            Path script = FOLDER.resolve(volume.substring(2, volume.indexOf(':')));
            assertThat(script).isExecutable();
            assertThat(Pattern.compile("/run/secrets/([a-z-]+)")
                            .matcher(Files.readString(script))
                            .results()
                            .map(secret -> secret.group(1)))
                    .isNotEmpty()
                    .isSubsetOf(compose.service(service).secrets());
        }
    }

    @Test
    void the_image_sets_what_the_launcher_sets() throws IOException {
        Map<String, String> image = imageEnvironment();
        String launcher = Files.readString(Checkout.path("lorahub"));
        for (String name : List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")) {
            assertThat(launcher).contains("%s=${%s:-%s}".formatted(name, name, image.get(name)));
        }
        assertThat(launcher).contains("-Xmx512m");
        assertThat(image.get("JAVA_TOOL_OPTIONS")).contains("-Xmx512m");
        assertThat(image.get("LANG")).isEqualTo("C.UTF-8");
    }

    @Test
    void the_image_starts_with_the_archive_of_classes_that_it_has_made() throws IOException {
        assertThat(dockerfile)
                .contains(
                        "COPY lorahub /opt/lorahub/\n",
                        "COPY --from=build /src/target/quarkus-app/ /opt/lorahub/target/quarkus-app/\n",
                        "/opt/lorahub/lorahub archive-classes",
                        "ENTRYPOINT [\"/opt/lorahub/lorahub\"]");
        assertThat(Files.readString(Checkout.path("lorahub"))).contains("== archive-classes ]]");
        assertThat(Checkout.path("lorahub")).isExecutable();
        assertThat(Files.readAllLines(FOLDER.resolve("Dockerfile.dockerignore")))
                .contains("!lorahub");
    }

    @Test
    void the_proxy_comes_from_the_gateway() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("compose.yaml")))
                .contains(
                        "gateway: " + compose.service("web").environment().get("LORAHUB_CONNECTIONS_TRUSTED_PROXIES"));
    }

    @Test
    void images_are_pinned() throws IOException {
        assertThat(dockerfile.lines().filter(line -> line.startsWith("FROM ")))
                .hasSize(2)
                .allMatch(line -> line.matches(PINNED));
        assertThat(Files.readAllLines(FOLDER.resolve("minio.Dockerfile")).stream()
                        .filter(line -> line.startsWith("FROM ")))
                .hasSize(2)
                .allMatch(line -> line.matches(PINNED));
        compose.services().values().stream()
                .filter(service -> !service.built())
                .forEach(service -> assertThat(service.image()).matches("[\\w/]+:(RELEASE\\.)?\\d+[.-]\\d+\\S*"));
    }

    @Test
    void every_address_between_the_parts_leads_to_a_port_that_is_served() {
        assertThat(compose.addresses()).isNotEmpty().allSatisfy(address -> {
            assertThat(compose.services()).containsKey(address.group(1));
            assertThat(Integer.parseInt(address.group(2))).isEqualTo(served(address.group(1)));
        });
    }

    @Test
    void every_published_port_is_served() {
        assertThat(compose.services().values())
                .anySatisfy(service -> assertThat(service.published()).isNotEmpty());
        compose.services()
                .forEach((name, service) ->
                        assertThat(service.published()).as(name).allMatch(port -> port == served(name)));
        assertThat(dockerfile)
                .contains("\nEXPOSE " + served("web") + "\n")
                .contains("http://127.0.0.1:" + served("web") + "/q/health/ready");
    }

    @Test
    void the_commands_are_ones_that_the_program_has() {
        for (String service : List.of("web", "worker")) {
            String[] words = compose.service(service).command().toArray(String[]::new);
            assertThat(Main.commandLine(words).parseArgs(words).hasSubcommand()).isTrue();
        }
        assertThat(dockerfile).contains("CMD [\"serve\"]");
    }

    @Test
    void the_image_is_built_from_all_that_the_build_needs() throws IOException {
        List<String> taken = Files.readAllLines(FOLDER.resolve("Dockerfile.dockerignore"));
        assertThat(taken).startsWith("*");
        assertThat(taken.stream().skip(1).map(line -> Checkout.path(line.substring(1))))
                .allMatch(Files::exists)
                .contains(
                        Checkout.path("pom.xml"),
                        Checkout.path("src/engine/pom.xml"),
                        Checkout.path("src/engine/src/main"),
                        Checkout.path("src/hub/pom.xml"),
                        Checkout.path("src/hub/src/main"),
                        Checkout.path("src/cli/pom.xml"),
                        Checkout.path("src/cli/src/main"),
                        Checkout.path("src/bench/pom.xml"),
                        Checkout.path("frontend-templates"),
                        Checkout.path("db-migrations"));
    }

    /** The port on which a part listens in its container. */
    private static int served(String service) {
        Map<String, String> environment = compose.service(service).environment();
        return switch (service) {
            case "postgres" -> 5432;
            case "minio" ->
                Integer.parseInt(compose.service("minio").command().stream()
                        .filter(word -> word.matches(":\\d+"))
                        .findFirst()
                        .orElseThrow()
                        .substring(1));
            case "keycloak" -> Integer.parseInt(environment.get("KC_HTTP_PORT"));
            default ->
                Integer.parseInt(environment.getOrDefault(
                        "LORAHUB_PORT", imageEnvironment().get("LORAHUB_PORT")));
        };
    }

    /** Each ENV of the Dockerfile, over as many lines as it has. */
    private static Map<String, String> imageEnvironment() {
        return Pattern.compile("(?:^ENV|^   ) (\\w+)=(\"[^\"]*\"|\\S+)", Pattern.MULTILINE)
                .matcher(dockerfile)
                .results()
                .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    }

    /** Those of the configuration's interfaces, and those that the help of the commands names. */
    private static Set<String> settings() {
        Stream<String> mapped = Stream.concat(
                        new ClassFileImporter()
                                .importPackages("io.lorahub").stream()
                                        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                                        .map(JavaClass::reflect),
                        Stream.of(VertxHttpConfig.class))
                .flatMap(type -> ConfigMappings.getProperties(ConfigClass.configClass(type)).keySet().stream())
                .map(name -> name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT));
        Stream<String> named = Stream.of("serve", "worker")
                .flatMap(command -> Pattern.compile("LORAHUB_[A-Z_]+")
                        .matcher(Run.of(command, "--help").out())
                        .results()
                        .map(MatchResult::group));
        return Stream.concat(mapped, named).collect(Collectors.toCollection(TreeSet::new));
    }
}

package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.server.GoPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker/chart, as Helm reads it. */
class HelmChartTest {

    private static final String CHART = Checkout.path("docker/chart").toString();

    private static final List<String> NEEDED = List.of(
            // one that is built by go install takes Kubernetes to be 1.20
            "--kube-version", "1.31.0",
            "--set", "secret=passwords",
            "--set", "publicUrl=https://hub.example.org",
            "--set", "database.url=postgresql://db.example.org:5432/lorahub",
            "--set", "s3.endpoint=https://s3.example.org");

    private static final List<String> ALL = Stream.concat(
                    NEEDED.stream(),
                    Stream.of(
                            "--set", "ingress.enabled=true",
                            "--set", "ingress.tlsSecret=tls",
                            "--set", "worker.gpu.enabled=true",
                            "--set", "worker.autoscaling.enabled=true",
                            "--set", "backup.enabled=true",
                            "--set", "backup.claim=backups",
                            "--set", "worker.settings.LORAHUB_WORKER_THREADS=2"))
            .toList();

    @TempDir
    Path folder;

    private static String helm;

    @BeforeAll
    static void find() {
        Optional<Path> program = GoPrograms.find("helm");
        assumeTrue(
                program.isPresent(),
                "There is no helm on the PATH or in ~/go/bin; `go install helm.sh/helm/v3/cmd/helm@v3.18.6` puts one there.");
        helm = program.get().toString();
    }

    @Test
    void helm_finds_no_fault() throws Exception {
        for (List<String> values : List.of(NEEDED, ALL)) {
            assertThat(run(words(List.of(helm, "lint", "--strict", CHART), values)))
                    .contains("1 chart(s) linted, 0 chart(s) failed");
        }
    }

    @Test
    void what_has_to_be_set_is_named() throws Exception {
        Process process = new ProcessBuilder(helm, "template", "hub", CHART, "--kube-version", "1.31.0")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes())).contains("Set secret to the name of a Secret");
        assertThat(process.waitFor()).isNotZero();
    }

    @Test
    void everything_fits_the_schemas_of_Kubernetes() throws Exception {
        Optional<Path> validate = GoPrograms.find("kubectl-validate");
        assumeTrue(
                validate.isPresent(),
                "There is no kubectl-validate; `go install sigs.k8s.io/kubectl-validate@v0.0.4` puts one in ~/go/bin.");
        int count = 0;
        for (JsonNode object : rendered(ALL)) {
            // KEDA's own
            if (object.path("apiVersion").asText().startsWith("keda.sh/")) continue;
            Files.writeString(folder.resolve(count++ + ".json"), object.toString());
        }
        String out = run(List.of(validate.get().toString(), "--version", "1.30", folder.toString()));
        assertThat(out.split("OK", -1)).as(out).hasSize(count + 1);
    }

    @Test
    void web_and_workers_are_what_an_operator_expects() throws Exception {
        List<JsonNode> objects = rendered(ALL);
        assertThat(objects)
                .extracting(object -> object.path("kind").asText())
                .containsExactlyInAnyOrder(
                        "CronJob",
                        "Deployment",
                        "Deployment",
                        "Ingress",
                        "Job",
                        "PodDisruptionBudget",
                        "PodDisruptionBudget",
                        "ScaledObject",
                        "Service");
        for (String role : List.of("web", "worker")) {
            JsonNode pod = find(objects, "Deployment", "hub-lorahub-" + role).at("/spec/template");
            JsonNode container = pod.at("/spec/containers/0");
            for (String probe : List.of("startup", "liveness", "readiness")) {
                assertThat(container
                                .at("/%sProbe/httpGet/port".formatted(probe))
                                .asText())
                        .isEqualTo("monitoring");
            }
            assertThat(environment(container, "LORAHUB_ADMIN_MONITORING_PORT")).isEqualTo("9464");
            assertThat(environment(container, "LORAHUB_STORAGE_S3_ENDPOINT")).isEqualTo("https://s3.example.org");
            assertThat(container.at("/envFrom/0/secretRef/name").asText()).isEqualTo("passwords");
            assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                    .isTrue();
            assertThat(container.at("/resources/limits/memory").asText()).isNotEmpty();
            JsonNode budget = find(objects, "PodDisruptionBudget", "hub-lorahub-" + role);
            budget.at("/spec/selector/matchLabels")
                    .properties()
                    .forEach(label -> assertThat(pod.at("/metadata/labels").path(label.getKey()))
                            .isEqualTo(label.getValue()));
        }
        JsonNode worker = find(objects, "Deployment", "hub-lorahub-worker").at("/spec/template/spec");
        assertThat(worker.at("/containers/0/resources/limits")
                        .path("nvidia.com/gpu")
                        .asInt())
                .isEqualTo(1);
        assertThat(worker.at("/nodeSelector").path("nvidia.com/gpu.present").asText())
                .isEqualTo("true");
        assertThat(environment(worker.at("/containers/0"), "LORAHUB_WORKER_THREADS"))
                .isEqualTo("2");
        assertThat(find(objects, "Ingress", "hub-lorahub")
                        .at("/spec/rules/0/host")
                        .asText())
                .isEqualTo("hub.example.org");
    }

    @Test
    void the_commands_are_ones_that_the_program_has() throws Exception {
        int count = 0;
        for (JsonNode object : rendered(ALL)) {
            for (JsonNode container : object.findValues("containers")) {
                String[] words = StreamSupport.stream(container.at("/0/args").spliterator(), false)
                        .map(JsonNode::asText)
                        .toArray(String[]::new);
                assertThat(Main.commandLine(words).parseArgs(words).hasSubcommand())
                        .isTrue();
                count++;
            }
        }
        assertThat(count).isEqualTo(4);
    }

    @Test
    void workers_follow_a_metric_that_the_hub_has() throws Exception {
        JsonNode scaled = find(rendered(ALL), "ScaledObject", "hub-lorahub-worker");
        assertThat(scaled.at("/spec/scaleTargetRef/name").asText()).isEqualTo("hub-lorahub-worker");
        assertThat(scaled.at("/spec/triggers/0/metadata/query").asText())
                .isEqualTo("sum(max by (queue, kind, state) (lorahub_jobs))");
        assertThat(Files.readString(Checkout.path("docs/monitoring.md")))
                .contains("| `lorahub_jobs` | `queue`, `kind`, `state` |");
        assertThat(find(rendered(ALL), "Deployment", "hub-lorahub-worker")
                        .at("/spec/replicas")
                        .isMissingNode())
                .as("KEDA alone sets how many")
                .isTrue();
        assertThat(find(rendered(NEEDED), "Deployment", "hub-lorahub-worker")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(2);
    }

    private static String environment(JsonNode container, String name) {
        return StreamSupport.stream(container.path("env").spliterator(), false)
                .filter(variable -> variable.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("value")
                .asText();
    }

    private static JsonNode find(List<JsonNode> objects, String kind, String name) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind)
                        && object.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonNode> rendered(List<String> values) throws Exception {
        String yaml = run(words(List.of(helm, "template", "hub", CHART), values));
        List<JsonNode> objects = new ArrayList<>();
        new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(yaml)
                .forEach(object -> objects.add(new ObjectMapper().valueToTree(object)));
        assertThat(new TreeSet<>(objects.stream()
                        .map(object -> object.path("kind").asText() + object.at("/metadata/name"))
                        .toList()))
                .hasSameSizeAs(objects);
        return objects;
    }

    private static List<String> words(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }
}

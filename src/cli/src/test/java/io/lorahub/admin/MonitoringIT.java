package io.lorahub.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.testsupport.server.ServerProcess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a machine that monitors sees of a web process and a worker, while they work and when they don't. */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MonitoringIT {

    private static final Path FILES = Checkout.path("docker/monitoring");
    private static final Pattern NAME = Pattern.compile("lorahub_\\w+");
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final List<HubProcess> processes = new ArrayList<>();
    private final int webPort = ServerProcess.freePort();
    private final int workerPort = ServerProcess.freePort();
    private final Map<ByteString, Span> spans = new ConcurrentHashMap<>();
    private HttpServer collector;
    private EmbeddedDatabase database;
    private String web;
    private HubProcess worker;
    private Process prometheus;
    private String queries;

    @BeforeEach
    void start() throws Exception {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::collect);
        collector.start();
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        start("web", webPort, "serve", "--no-worker", "--port", 0);
        worker = start("worker", workerPort, "worker", "--device", "cpu");
    }

    @AfterEach
    void stop() throws Exception {
        if (prometheus != null) prometheus.destroyForcibly().waitFor();
        for (HubProcess process : processes) process.kill();
        if (database != null) database.close();
        collector.stop(0);
    }

    private void collect(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpansList().stream())
                    .flatMap(scope -> scope.getSpansList().stream())
                    .forEach(span -> spans.put(span.getSpanId(), span));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private HubProcess start(String name, int port, Object... words) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("LORAHUB_DATABASE_URL", database.jdbcUrl());
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_DATA", folder.resolve(name).toString());
        environment.put("LORAHUB_STORAGE_DIRECTORY", folder.resolve("objects").toString());
        environment.put("LORAHUB_ADMIN_MONITORING_PORT", Integer.toString(port));
        environment.put("LORAHUB_ADMIN_MONITORING_HOST", "127.0.0.1");
        environment.put(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort());
        environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        HubProcess process = HubProcess.start(environment, words);
        processes.add(process);
        String url = process.awaitUrl();
        if (name.equals("web")) web = url;
        return process;
    }

    @Test
    void health_and_metrics_are_told_on_their_port_and_nothing_else_is() throws Exception {
        for (int port : List.of(webPort, workerPort)) {
            assertThat(raw(port, "GET /q/health/live HTTP/1.0\r\n\r\n")).contains("200", "UP");
            assertThat(raw(
                            port,
                            "GET /q/metrics HTTP/1.1\r\nHost: backend-1.internal.example\r\nConnection: close\r\n\r\n"))
                    .contains("200", "lorahub_database_up 1.0");
            for (String path : List.of("/", "/adapters", "/q/", "/q/metrics/../../adapters", "/api/v1/adapters")) {
                assertThat(raw(port, "GET " + path + " HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"))
                        .as(path)
                        .startsWith("HTTP/1.1 404");
            }
        }
        assertThat(metrics("text/plain"))
                .contains("lorahub_workers 1.0", "lorahub_jobs{", "agroal_active_count")
                // before the first error, so that an alert sees the count rise
                .contains("lorahub_store_operation_seconds_count{operation=\"open\",outcome=\"error\",} 0.0");
        assertThat(metrics("application/openmetrics-text; version=1.0.0; charset=utf-8"))
                .endsWith("# EOF\n");
        Set<String> documented = names(Files.readString(Checkout.path("docs/monitoring.md")));
        await().untilAsserted(() -> assertThat(names(metrics("text/plain")
                        .lines()
                        .filter(line -> line.startsWith("# TYPE") && !line.endsWith("_max gauge"))
                        .collect(Collectors.joining("\n"))))
                .isSubsetOf(documented));
        assertThat(names(Files.readString(FILES.resolve("alerts.yaml"))
                        + Files.readString(FILES.resolve("dashboard.json"))))
                .allMatch(name -> documented.contains(name.replaceFirst("_(count|sum|bucket|max)$", "")));
    }

    @Test
    void prometheus_alerts_when_a_worker_is_killed_and_when_the_database_is_down() throws Exception {
        assumeThat(Path.of("/usr/bin/prometheus"))
                .as("Debian's package prometheus is not installed")
                .exists();
        startPrometheus();
        await().ignoreExceptions()
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(value("max(lorahub_workers)")).isEqualTo(1));
        for (JsonNode panel :
                JSON.readTree(FILES.resolve("dashboard.json").toFile()).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String query = target.path("expr").asText().replace("$__rate_interval", "1m");
                assertThat(ask("query?query=" + encoded(query)).path("status").asText())
                        .as(query)
                        .isEqualTo("success");
            }
        }
        assertThat(firing()).isEmpty();

        worker.kill();

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() ->
                        assertThat(firing()).contains("LoraHubProcessDown", "LoraHubWorkerLost", "LoraHubNoWorker"));

        database.close();
        database = null;

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(firing()).contains("LoraHubDatabaseDown"));
    }

    @Test
    void a_trace_goes_from_a_request_to_the_job_of_a_worker() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        HttpRequest request = HttpRequest.newBuilder(URI.create(web).resolve("/v1/completions"))
                .header("Content-Type", "application/json")
                .header("traceparent", "00-%s-b7ad6b7169203331-01".formatted(trace))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"demo/un\", \"prompt\": \"lock\", \"max_tokens\": 3}"))
                .build();

        await().atMost(Duration.ofMinutes(2)) // until the demo is loaded
                .until(() ->
                        HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(spans.values())
                        .filteredOn(span -> HexFormat.of()
                                .formatHex(span.getTraceId().toByteArray())
                                .equals(trace))
                        .filteredOn(span -> span.getName().equals("generation"))
                        .anySatisfy(job -> assertThat(spans.get(job.getParentSpanId()))
                                .isNotNull() // the request's span comes in a batch of its own, maybe later
                                .extracting(Span::getName, Span::getKind)
                                .containsExactly("POST /v1/completions", Span.SpanKind.SPAN_KIND_SERVER)));
    }

    private void startPrometheus() throws IOException {
        Path place = Files.createDirectory(folder.resolve("prometheus"));
        Files.copy(FILES.resolve("alerts.yaml"), place.resolve("alerts.yaml"));
        Files.writeString(
                place.resolve("prometheus.yaml"),
                Files.readString(FILES.resolve("prometheus.yaml"))
                        .replace("web:9464", "127.0.0.1:" + webPort)
                        .replace("worker:9464", "127.0.0.1:" + workerPort)
                        .replace("_interval: 10s", "_interval: 5s"));
        String address = "127.0.0.1:" + ServerProcess.freePort();
        queries = "http://" + address + "/api/v1/";
        prometheus = new ProcessBuilder(
                        "/usr/bin/prometheus",
                        "--config.file=" + place.resolve("prometheus.yaml"),
                        "--storage.tsdb.path=" + place.resolve("data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(place.resolve("log").toFile())
                .start();
    }

    private Set<String> firing() throws Exception {
        Set<String> names = new TreeSet<>();
        for (JsonNode alert : ask("alerts").at("/data/alerts")) {
            if (alert.path("state").asText().equals("firing"))
                names.add(alert.at("/labels/alertname").asText());
        }
        return names;
    }

    private double value(String query) throws Exception {
        return ask("query?query=" + encoded(query)).at("/data/result/0/value/1").asDouble(Double.NaN);
    }

    private JsonNode ask(String path) throws Exception {
        return JSON.readTree(get(queries + path, "application/json"));
    }

    private String metrics(String type) throws Exception {
        return get("http://127.0.0.1:%d/q/metrics".formatted(webPort), type);
    }

    private static String get(String url, String type) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).header("Accept", type).build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        for (Matcher name = NAME.matcher(text); name.find(); ) names.add(name.group());
        return names;
    }

    private static String encoded(String query) {
        return URLEncoder.encode(query, java.nio.charset.StandardCharsets.UTF_8);
    }
}

package io.lorahub.imports;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.imports.state.RepositoryImport;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.OtherHubResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How failures and hostile answers of another hub end, and what is refused at once. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class ImportRefusalsTest extends ImportFixture {

    ImportRefusalsTest(Hub hub, AllowedHosts hosts) {
        super(hub, hosts);
    }

    @Test
    void a_hub_that_breaks_every_connection_is_given_up() {
        for (int i = 0; i <= RepositoryImport.MOST_TRIES; i++) other.cut(weights(), 0);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains("was lost while adapter_model", "tried 8 times");
        assertThat(failed.path("fetched").asLong()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"429", "503"})
    void a_busy_hub_is_asked_again_when_it_says(int status) {
        other.status(LISTING, status, "Retry-After", "1").status(weights(), status, "Retry-After", "0");
        String url = started(body("ada/past")).path("url").asText();

        await().until(() -> !get(url).path("problem").isMissingNode());
        assertThat(ended(url).path("state").asText()).isEqualTo("done");
        assertThat(other.asked(LISTING)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "401, give a token of that hub",
        "403, accept its terms",
        "404, doesn't have ada/past at main",
        "418, the status 418"
    })
    void a_refusal_ends_it(int status, String words) {
        other.status(LISTING, status);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains(words);
    }

    @Test
    void weights_with_another_hash_are_not_kept() {
        byte[] wrong = files.get(WEIGHTS).clone();
        wrong[wrong.length / 2] ^= 1;
        other.at(weights(), wrong);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains("adapter_model.safetensors arrived with the SHA-256");
        assertThat(openUploads()).isZero();
    }

    @Test
    void a_configuration_with_another_git_id_is_not_kept() {
        byte[] wrong = files.get(CONFIG).clone();
        wrong[1] ^= 1;
        other.at(resolve(CONFIG), wrong);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("failure").asText()).contains("adapter_config.json arrived with another content");
        assertThat(openUploads()).isZero();
    }

    @Test
    void a_large_file_with_another_git_id_is_not_kept() {
        byte[] large = new byte[17 << 20];
        other.with("ada/past", COMMIT, new TreeMap<>(Map.of(CONFIG, files.get(CONFIG), "adapter_model.bin", large)));
        byte[] wrong = large.clone();
        wrong[wrong.length - 1] = 1;
        other.at(resolve("adapter_model.bin"), wrong);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).as("%s", failed).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains("adapter_model.bin arrived with another content");
        assertThat(openUploads()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1", "-1"})
    void a_file_of_another_size_is_not_kept(int more) {
        other.at(weights(), java.util.Arrays.copyOf(files.get(WEIGHTS), files.get(WEIGHTS).length + more));

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("failure").asText()).contains("sends adapter_model.safetensors with another size");
        assertThat(openUploads()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"rfilename\": \"adapter_model.safetensors\", \"size\": 3000000000}', the limit is",
        "'{\"rfilename\": \"../adapter_config.json\", \"size\": 10}', leads out of its folder",
        "'{\"rfilename\": \"adapter_config.json\"}', doesn't answer like a hub",
        "'{\"rfilename\": \"adapter_config.json\", \"size\": 10}', doesn't answer like a hub",
        "'{\"rfilename\": \"adapter_model.safetensors\", \"size\": 1.5}', doesn't answer like a hub",
        "'{\"rfilename\": \"model.safetensors\", \"size\": 10}', isn't a LoRA adapter",
    })
    void lists_with_impossible_files_are_refused(String file, String words) {
        String config = words.contains("LoRA") ? "" : "{\"rfilename\": \"adapter_config.json\", \"size\": 10},";
        other.at(
                LISTING,
                "{\"sha\": \"%s\", \"siblings\": [%s%s]}"
                        .formatted(COMMIT, config, file)
                        .getBytes(StandardCharsets.UTF_8));

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).as("%s", failed).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains(words);
        assertThat(openUploads()).isZero();
    }

    @Test
    void of_two_spellings_of_a_name_the_usual_one_is_fetched() {
        Map<String, byte[]> both = new TreeMap<>(files.map());
        both.put("readme.md", "# Another".getBytes(StandardCharsets.UTF_8));
        other.with("ada/past", COMMIT, both);

        assertThat(ended(body("ada/past")).path("state").asText()).isEqualTo("done");
        assertThat(other.asked(resolve("README.md"))).hasSize(1);
        assertThat(other.asked(resolve("readme.md"))).isEmpty();
    }

    @Test
    void without_usable_ids_of_contents_files_are_named_as_unverified() {
        String listing = new String(other.content(LISTING), StandardCharsets.UTF_8);
        other.at(
                LISTING,
                listing.replaceAll("\"blobId\":\"[0-9a-f]+\"", "\"blobId\":\"\\\\u0000\"")
                        .getBytes(StandardCharsets.UTF_8));

        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("unverified"))
                .extracting(
                        file -> file.path("name").asText(),
                        file -> file.path("sha256").asText())
                .containsExactlyInAnyOrder(
                        tuple(CONFIG, DigestUtils.sha256Hex(files.get(CONFIG))),
                        tuple("README.md", DigestUtils.sha256Hex(files.get("README.md"))));
        Document page = Jsoup.parse(AsBrowser.given(hub.session(person))
                .get(done.path("page").asText())
                .asString());
        assertThat(page.select(".notice.is-warn").text())
                .contains(
                        "Not everything could be verified",
                        CONFIG + ": " + DigestUtils.sha256Hex(files.get(CONFIG)),
                        "README.md: ")
                .doesNotContain(WEIGHTS);
    }

    @Test
    void files_with_a_sha256_or_a_git_id_are_verified() {
        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).isEqualTo("done");
        assertThat(done.has("unverified")).isFalse();
    }

    @Test
    void another_commit_than_was_asked_for_is_refused() {
        String pinned = "b".repeat(40);
        other.at("/api/models/ada/past/revision/" + pinned, other.content(LISTING));

        assertThat(ended(body("ada/past@" + pinned)).path("failure").asText())
                .contains("answers with the commit " + COMMIT + " in place of " + pinned);
    }

    @ParameterizedTest
    @CsvSource({"<html>", "[]", "{}", "'{\"sha\": \"main\", \"siblings\": []}'"})
    void answers_of_something_else_are_refused(String answer) {
        other.at(LISTING, answer.getBytes(StandardCharsets.UTF_8));

        assertThat(ended(body("ada/past")).path("failure").asText()).contains("doesn't answer like a hub");
    }

    @Test
    void many_other_files_do_no_harm_but_endless_lists_are_refused() {
        Map<String, byte[]> many = new TreeMap<>(files.map());
        for (int i = 0; i < 2000; i++) many.put("checkpoint-%d/adapter_config.json".formatted(i), new byte[0]);
        other.with("ada/past", COMMIT, many);
        assertThat(ended(body("ada/past")).path("state").asText()).isEqualTo("done");

        other.at(LISTING, new byte[10_000_001]);
        assertThat(ended(body("ada/past")).path("failure").asText()).contains("too long");
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/latest/meta-data, 169.254.169.254",
        "http://127.0.0.1:1/x, 127.0.0.1",
        "http://[::1]/x, '[::1]'",
        "http://localhost/x, localhost",
        "https://example.org/x, example.org",
        "https://a_b.example/x, a_b.example",
        "file:///etc/passwd, ''"
    })
    void redirects_to_other_hosts_are_not_followed(String target, String host) {
        other.status(weights(), 302, "Location", target);

        JsonNode failed = ended(body("ada/past"));

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains("redirects to " + host);
    }

    @Test
    void redirects_in_circles_end() {
        for (int i = 0; i < 10; i++) other.status(LISTING, 302, "Location", LISTING);

        assertThat(ended(body("ada/past")).path("failure").asText()).contains("redirects again and again");
    }

    @Test
    void an_adapter_at_the_top_needs_no_folder() {
        JsonNode failed = ended(body("ada/past").put("subfolder", "checkpoints/last"));

        assertThat(failed.path("failure").asText())
                .isEqualTo(
                        "ada/past has no adapter_config.json in checkpoints/last, but there is one at its top. Name no subfolder.");
    }

    @ParameterizedTest
    @CsvSource({
        "a/b/c, '', 422, the name of an adapter",
        "'', '', 422, Name the adapter",
        "ada/past, https://example.org, 422, doesn't import from https://example.org",
        "https://169.254.169.254/ada/past, '', 422, doesn't import from",
    })
    void requests_that_cannot_work_are_refused_at_once(String from, String hub, int status, String words) {
        var answer = post(body(from).put("hub", hub));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.asString()).contains(words);
    }
}

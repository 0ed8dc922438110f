package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Texts of the demo's adapters, written by a real worker. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class OpenAiResourceTest {

    /** Fewer than a member can have at once. */
    private static final Executor SIX = Executors.newFixedThreadPool(6);

    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";

    /** Keeps the model from ending its text: the end token of T5. */
    private static final String ENDLESS = "'logit_bias': {'1': -100}";

    @TestHTTPResource("/")
    URI address;

    private final Hub hub;
    private final DemoOnHub demo;
    private final GenerationStreams streams;
    private final EntityManager entities;
    private final RequestBudgets budgets;

    private Person member;
    private String un;
    private String past;
    private OpenAiClient client;

    OpenAiResourceTest(
            Hub hub, DemoOnHub demo, GenerationStreams streams, EntityManager entities, RequestBudgets budgets) {
        this.hub = hub;
        this.demo = demo;
        this.streams = streams;
        this.entities = entities;
        this.budgets = budgets;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        List<String> addresses = demo.publish(hub.person(Role.MEMBER), "un", "past");
        un = addresses.get(0);
        past = addresses.get(1);
        client = new OpenAiClient(address, hub.token(member, Scope.GENERATE));
    }

    private static String text(JsonNode answer) {
        return answer.at("/choices/0/text").asText();
    }

    private String completion(String model, String prompt, String more) {
        return "{'model': '%s', 'prompt': '%s', 'temperature': 0%s}"
                .formatted(model, prompt, more.isEmpty() ? "" : ", " + more);
    }

    @Test
    void an_adapter_writes_what_it_was_trained_for() throws Exception {
        JsonNode answer = client.complete(completion(un, "lock", ""));

        assertThat(text(answer)).isEqualTo("unlock");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.path("model").asText()).isEqualTo(un);
        assertThat(answer.path("object").asText()).isEqualTo("text_completion");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isPositive();
        assertThat(answer.at("/usage/total_tokens").asInt())
                .isEqualTo(answer.at("/usage/prompt_tokens").asInt()
                        + answer.at("/usage/completion_tokens").asInt());
    }

    @Test
    void a_mix_made_up_in_the_request_does_both() throws Exception {
        List<Example> examples = DemoHub.open().task("un-past").fewShot(1);
        int right = 0;
        for (Example example : examples) {
            String model = "%s:1.08+%s@1.0.0:0.9/0.8/0.8".formatted(un, past);
            if (text(client.complete(completion(model, example.input(), ""))).equals(example.output())) right++;
        }
        assertThat(right).isGreaterThanOrEqualTo(examples.size() - 2);
    }

    @Test
    void requests_of_several_adapters_at_once_get_their_own_texts() throws Exception {
        List<CompletableFuture<String>> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String model = List.of(un, past, DemoHub.BASE_MODEL).get(i % 3);
            texts.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return text(client.complete(completion(model, "jump", "")));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
        List<String> all = texts.stream().map(CompletableFuture::join).toList();

        assertThat(all.get(0)).isEqualTo("unjump");
        assertThat(all.get(1)).isEqualTo("jumped");
        for (int i = 3; i < all.size(); i++) assertThat(all.get(i)).isEqualTo(all.get(i - 3));
    }

    @Test
    void requests_of_different_lengths_at_once_get_their_own_texts() throws Exception {
        List<String> words =
                List.of("door", "establishment", "bird", "wind", "lock", "representatives", "ship", "rain");
        List<CompletableFuture<String>> texts = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            String body = completion(
                    DemoHub.BASE_MODEL,
                    words.get(i % words.size()),
                    "'max_tokens': %d".formatted(List.of(16, 40, 16, 80).get(i % 4)));
            texts.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return text(client.complete(body));
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    },
                    SIX));
        }
        // the base model copies its input
        for (int i = 0; i < texts.size(); i++) {
            assertThat(texts.get(i).join()).isEqualTo(words.get(i % words.size()));
        }
    }

    /** As Go's and Rust's clients ask for a stream. */
    @Test
    void a_stream_can_be_asked_for_as_events() throws Exception {
        for (String accepted : List.of("text/event-stream", "application/json", "*/*")) {
            String read = RestAssured.given()
                    .header("Authorization", "Bearer " + hub.token(member, Scope.GENERATE))
                    .accept(accepted)
                    .contentType("application/json")
                    .body(completion(un, "lock", "'stream': true").replace('\'', '"'))
                    .post(COMPLETIONS)
                    .then()
                    .statusCode(200)
                    .contentType("text/event-stream")
                    .extract()
                    .asString();
            assertThat(read).startsWith("data: {").endsWith("data: [DONE]\n\n");
        }
        assertThat(RestAssured.given()
                        .header("Authorization", "Bearer " + hub.token(member, Scope.GENERATE))
                        .accept("text/event-stream")
                        .contentType("application/json")
                        .body(completion(un, "lock", "").replace('\'', '"'))
                        .post(COMPLETIONS)
                        .then()
                        .contentType("application/json")
                        .extract()
                        .<String>path("choices[0].text"))
                .isEqualTo("unlock");
    }

    @Test
    void a_stream_has_the_same_text_and_ends_with_done() throws Exception {
        HttpResponse<Stream<String>> answer = client.stream(
                COMPLETIONS, completion(un, "lock", "'stream': true, 'stream_options': {'include_usage': true}"));
        OpenAiClient.Read read = OpenAiClient.Read.all(answer.body());

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(read.done()).isTrue();
        assertThat(read.text(0, "/text")).isEqualTo("unlock");
        JsonNode last = read.chunks().get(read.chunks().size() - 1);
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asInt()).isPositive();
        assertThat(read.chunks()
                        .get(read.chunks().size() - 2)
                        .at("/choices/0/finish_reason")
                        .asText())
                .isEqualTo("stop");
    }

    @Test
    void an_encoder_decoder_model_chats_with_one_message() throws Exception {
        HttpResponse<String> one = client.post(
                CHAT,
                "{'model': '%s', 'temperature': 0, 'messages': [{'role': 'user', 'content': 'lock'}]}".formatted(un));
        HttpResponse<String> two = client.post(
                CHAT,
                "{'model': '%s', 'messages': [{'role': 'system', 'content': 'x'}, {'role': 'user', 'content': 'lock'}]}"
                        .formatted(un));

        assertThat(OpenAiClient.JSON
                        .readTree(one.body())
                        .at("/choices/0/message/content")
                        .asText())
                .isEqualTo("unlock");
        assertThat(two.statusCode()).isEqualTo(400);
        assertThat(two.body()).contains("encoder-decoder model").contains("\"param\":\"messages\"");
    }

    @Test
    void token_ids_several_prompts_and_several_texts() throws Exception {
        String ids;
        try (Tokenizer tokenizer = Tokenizer.open(DemoHub.open().base())) {
            ids = Arrays.toString(tokenizer.encode("lock"));
        }
        JsonNode one = client.complete("{'model': '%s', 'prompt': %s, 'temperature': 0}".formatted(un, ids));
        JsonNode several =
                client.complete("{'model': '%s', 'prompt': ['lock', 'happy'], 'n': 2, 'temperature': 0}".formatted(un));

        assertThat(text(one)).isEqualTo("unlock");
        assertThat(several.path("choices")).hasSize(4);
        assertThat(several.at("/choices/1/text").asText()).isEqualTo("unlock");
        assertThat(several.at("/choices/2/text").asText()).isEqualTo("unhappy");
        assertThat(several.at("/choices/3/index").asInt()).isEqualTo(3);
    }

    @Test
    void a_seed_repeats_a_text_and_another_one_gives_others() throws Exception {
        String sampled = "{'model': '%s', 'prompt': 'happy', 'temperature': 2, 'max_tokens': 12, 'seed': %d, 'n': 4}";
        String first = texts(client.complete(sampled.formatted(DemoHub.BASE_MODEL, 1)));

        assertThat(texts(client.complete(sampled.formatted(DemoHub.BASE_MODEL, 1))))
                .isEqualTo(first);
        assertThat(texts(client.complete(sampled.formatted(DemoHub.BASE_MODEL, 100))))
                .isNotEqualTo(first);
    }

    private static String texts(JsonNode answer) {
        return answer.path("choices").findValuesAsText("text").toString();
    }

    @Test
    void a_text_ends_at_a_stop_string_or_with_its_last_token() throws Exception {
        JsonNode stopped = client.complete(completion(un, "lock", "'stop': 'loc'"));
        JsonNode cut = client.complete(completion(un, "lock", "'max_tokens': 1"));

        assertThat(text(stopped)).isEqualTo("un");
        assertThat(stopped.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(cut.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(cut.at("/usage/completion_tokens").asInt()).isOne();
    }

    @Test
    void log_probabilities_are_of_the_tokens_of_the_text() throws Exception {
        JsonNode answer = client.complete(completion(un, "lock", "'logprobs': 2"));

        JsonNode logprobs = answer.at("/choices/0/logprobs");
        int tokens = answer.at("/usage/completion_tokens").asInt();
        assertThat(logprobs.path("tokens")).hasSize(tokens);
        assertThat(logprobs.path("token_logprobs")).hasSize(tokens).allMatch(value -> value.asDouble() <= 0);
        assertThat(logprobs.path("top_logprobs")).hasSize(tokens).allMatch(top -> top.size() == 2);
        assertThat(logprobs.at("/top_logprobs/0")
                        .path(logprobs.at("/tokens/0").asText())
                        .asDouble())
                .isEqualTo(logprobs.at("/token_logprobs/0").asDouble());
    }

    @Test
    void a_client_that_leaves_ends_its_generation() throws Exception {
        HttpResponse<Stream<String>> answer =
                client.stream(COMPLETIONS, completion(un, "lock", ENDLESS + ", 'stream': true, 'max_tokens': 1000"));
        Iterator<String> lines = answer.body().iterator();
        assertThat(lines.next()).startsWith("data: {");

        answer.body().close();

        await().until(() -> streams.size() == 0 && count("state <> 'ENDED'") == 0);
        assertThat(count("tokens >= 1000")).isZero();
        assertThat(pieces()).isZero();
    }

    @Test
    @Settings("lorahub.web.buffered-bodies-per-client=100K")
    void an_answer_takes_its_memory_from_the_share_of_its_client() throws Exception {
        HttpResponse<String> large =
                client.post(COMPLETIONS, completion(un, "lock", ENDLESS + ", 'logprobs': 5, 'max_tokens': 1000"));

        assertThat(large.statusCode()).isEqualTo(429);
        assertThat(error(large, "code")).isEqualTo("rate_limit_exceeded");
        await().until(() -> streams.size() == 0 && count("state <> 'ENDED'") == 0);
        assertThat(count("tokens >= 1000")).isZero();
        await().until(() -> budgets.held() == 0);
        assertThat(text(client.complete(completion(un, "lock", "'logprobs': 5"))))
                .isEqualTo("unlock");
        // a stream holds only what is on its way
        HttpResponse<Stream<String>> stream = client.stream(
                COMPLETIONS, completion(un, "lock", ENDLESS + ", 'logprobs': 5, 'max_tokens': 200, 'stream': true"));
        assertThat(OpenAiClient.Read.all(stream.body()).done()).isTrue();
        await().until(() -> budgets.held() == 0);
    }

    @Test
    void nothing_of_a_request_is_kept_but_its_size() throws Exception {
        client.complete(completion(un, "lock", ""));

        await().until(() -> count("state = 'ENDED' and work is null and tokens between 2 and 100") == 1);
        await().until(() -> pieces() == 0);
        await().until(() -> number("select count(*) from generation_queue where task_instance in (select id::text"
                        + " from generation where person_id = %d)".formatted(member.id))
                == 0);
    }

    private long count(String which) {
        return number("select count(*) from generation where person_id = %d and %s".formatted(member.id, which));
    }

    /** What has been written for the member and is still in the database. */
    private long pieces() {
        return number("select count(*) from generation_piece p join generation g on g.id = p.generation_id"
                + " where g.person_id = %d".formatted(member.id));
    }

    private long number(String query) {
        return QuarkusTransaction.requiringNew()
                .call(() -> ((Number) entities.createNativeQuery(query).getSingleResult()).longValue());
    }

    @Test
    @Settings("lorahub.generation.per-minute=2")
    void requests_per_minute_are_limited() throws Exception {
        String request = completion(un, "lock", "");
        HttpResponse<String> first = client.post(COMPLETIONS, request);
        client.post(COMPLETIONS, request);
        HttpResponse<String> third = client.post(COMPLETIONS, request);

        assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(header(third, "x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(Integer.parseInt(header(third, "Retry-After"))).isBetween(1, 60);
        assertThat(error(third, "code")).isEqualTo("rate_limit_exceeded");
    }

    @Test
    @Settings({"lorahub.generation.per-day=3", "lorahub.generation.per-minute=2"})
    void requests_per_day_have_headers_of_their_own_and_are_shown() throws Exception {
        String session = hub.session(member);
        AsBrowser.given(session)
                .get("/try?model=" + un)
                .then()
                .body(matchesPattern("(?s).*>3</span> of 3\\s+requests.*>2,000,000</span> of\\s+2,000,000 tokens.*"));

        HttpResponse<String> answer = client.post(COMPLETIONS, completion(un, "lock", ""));

        assertThat(header(answer, "x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(header(answer, "x-ratelimit-limit-requests-day")).isEqualTo("3");
        assertThat(header(answer, "x-ratelimit-remaining-requests-day")).isEqualTo("2");
        assertThat(header(answer, "x-ratelimit-reset-requests-day")).matches("\\d+s");
        AsBrowser.given(session)
                .get("/settings")
                .then()
                .body(matchesPattern("(?s).*>2</span> of 3\\s+requests.*"))
                .body(not(containsString("for visitors from your network address")));
        AsBrowser.given().get("/try?model=" + un).then().body(containsString("for visitors from your network address"));
    }

    @Test
    @Settings("lorahub.generation.tokens-per-day=50")
    void tokens_per_day_are_limited() throws Exception {
        HttpResponse<String> small = client.post(COMPLETIONS, completion(un, "lock", "'max_tokens': 10"));
        HttpResponse<String> large = client.post(COMPLETIONS, completion(un, "lock", "'max_tokens': 60"));

        assertThat(small.statusCode()).isEqualTo(200);
        assertThat(header(small, "x-ratelimit-limit-tokens")).isEqualTo("50");
        assertThat(Integer.parseInt(header(small, "x-ratelimit-remaining-tokens")))
                .isBetween(20, 39);
        assertThat(large.statusCode()).isEqualTo(429);
        assertThat(error(large, "message")).contains("50 tokens");
    }

    @Test
    void what_else_the_api_has_is_refused_by_name() throws Exception {
        for (String path : List.of("/v1/responses", "/v1/embeddings", "/v1/images/generations", "/v1/chat/none")) {
            HttpResponse<String> answer = client.post(path, "{}");
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(error(answer, "message")).startsWith("POST " + path + " is not supported.");
            assertThat(error(answer, "type")).isEqualTo("invalid_request_error");
            assertThat(error(answer, "code")).isEqualTo("unknown_url");
        }
        AsBrowser.given()
                .get("/v1/files")
                .then()
                .statusCode(404)
                .contentType("application/json")
                .body("error.message", startsWith("GET /v1/files is not supported."));
        AsBrowser.given()
                .get(COMPLETIONS)
                .then()
                .statusCode(405)
                .header("Allow", containsString("POST"))
                .body("error.code", equalTo("method_not_supported"))
                .body("error.message", equalTo("This address doesn't support GET; use POST."));
    }

    @Test
    void a_body_that_is_too_large_is_refused_in_the_same_form() throws Exception {
        HttpResponse<String> answer = client.post(COMPLETIONS, completion(un, "a".repeat(1_100_000), ""));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(error(answer, "code")).isEqualTo("request_too_large");
        assertThat(error(answer, "message")).contains("The limit is").doesNotContain("browser");
    }

    @Test
    void a_prompt_that_is_too_long_has_the_code_that_clients_look_for() throws Exception {
        HttpResponse<String> answer = client.post(COMPLETIONS, completion(un, "lock ".repeat(3000), ""));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer, "code")).isEqualTo("context_length_exceeded");
        assertThat(error(answer, "param")).isEqualTo("prompt");
    }

    @Test
    void a_token_that_the_model_does_not_have_is_refused() throws Exception {
        HttpResponse<String> answer = client.post(COMPLETIONS, "{'model': '%s', 'prompt': [3, 9999999]}".formatted(un));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer, "message")).contains("9999999");
        HttpResponse<String> bias = client.post(COMPLETIONS, completion(un, "lock", "'logit_bias': {'9999999': 1}"));
        assertThat(bias.statusCode()).isEqualTo(400);
        assertThat(error(bias, "message")).startsWith("There is a bias for the token 9999999, but");
    }

    @Test
    void what_a_request_has_too_much_of_is_said() throws Exception {
        String body = completion(un, "lock", "'top_k': 1000000000000");
        assertThat(client.post(COMPLETIONS, body).statusCode()).isEqualTo(200);
        HttpResponse<String> two = client.post(COMPLETIONS, body + "{}");
        assertThat(two.statusCode()).isEqualTo(400);
        assertThat(error(two, "message")).isEqualTo("The body has more than one JSON value.");
        HttpResponse<String> nine = client.post(COMPLETIONS, completion(un, "lock", "'n': 9"));
        assertThat(error(nine, "message")).startsWith("One request can have 8 texts");
        HttpResponse<String> none = client.post(COMPLETIONS, completion(un, "lock", "'n': 0"));
        assertThat(error(none, "message")).isEqualTo("'n' must be a whole number, at least 1.");
    }

    @Test
    void a_weight_that_is_missing_is_asked_for() throws Exception {
        HttpResponse<String> answer = client.post(COMPLETIONS, completion(un + ":+1", "lock", ""));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer, "message")).startsWith("After the colon of an adapter, write its weight");
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static String error(HttpResponse<String> answer, String field) throws Exception {
        return OpenAiClient.JSON
                .readTree(answer.body())
                .path("error")
                .path(field)
                .asText();
    }
}

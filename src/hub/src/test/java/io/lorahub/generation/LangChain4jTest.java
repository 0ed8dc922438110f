package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel.OpenAiChatModelBuilder;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingLanguageModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock LangChain4j: the code on a model's page, and every parameter that its builder has. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LangChain4jTest {

    /** Settings of the client, which sends none of them as a parameter. */
    private static final Set<String> OF_THE_CLIENT = Set.of(
            "apiKey",
            "baseUrl",
            "build",
            "customHeaders",
            "customQueryParams",
            "defaultRequestParameters",
            "httpClientBuilder",
            "listeners",
            "logRequests",
            "logResponses",
            "logger",
            "maxRetries",
            "organizationId",
            "projectId",
            "returnThinking",
            "sendThinking",
            "strictJsonSchema",
            "strictTools",
            "supportedCapabilities",
            "timeout",
            "useInputImageFormat");

    private static final Map<String, Consumer<OpenAiChatModelBuilder>> WORK = new TreeMap<>(Map.ofEntries(
            Map.entry("temperature", builder -> builder.temperature(0.5)),
            Map.entry("topP", builder -> builder.topP(0.5)),
            Map.entry("stop", builder -> builder.stop(List.of("x", "y"))),
            Map.entry("maxTokens", builder -> builder.maxTokens(5)),
            Map.entry("maxCompletionTokens", builder -> builder.maxCompletionTokens(5)),
            Map.entry("presencePenalty", builder -> builder.presencePenalty(1.0)),
            Map.entry("frequencyPenalty", builder -> builder.frequencyPenalty(1.0)),
            Map.entry("logitBias", builder -> builder.logitBias(Map.of("5", -1))),
            Map.entry("seed", builder -> builder.seed(7)),
            Map.entry("user", builder -> builder.user("me")),
            Map.entry("metadata", builder -> builder.metadata(Map.of("for", "a test"))),
            Map.entry("serviceTier", builder -> builder.serviceTier("auto")),
            Map.entry("parallelToolCalls", builder -> builder.parallelToolCalls(true)),
            Map.entry("logprobs", builder -> builder.logprobs(true)),
            Map.entry("customParameters", builder -> builder.customParameters(Map.of("top_k", 5))),
            Map.entry("modelName", builder -> {})));

    /** By the name under which they are refused. */
    private static final Map<String, Consumer<OpenAiChatModelBuilder>> REFUSED = new TreeMap<>(Map.of(
            "store", builder -> builder.store(true),
            "reasoning_effort", builder -> builder.reasoningEffort("high"),
            "response_format", builder -> builder.responseFormat("json_object"),
            "top_logprobs", builder -> builder.topLogprobs(3),
            "nonsense", builder -> builder.customParameters(Map.of("nonsense", 1))));

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource("/v1")
    URI address;

    private String token;
    private String un;

    LangChain4jTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        token = hub.token(hub.person(Role.MEMBER), Scope.GENERATE);
        un = demo.publish(hub.person(Role.MEMBER), "un").get(0);
    }

    private OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(address.toString())
                .apiKey(token)
                .organizationId("an organization")
                .projectId("a project")
                .maxRetries(0)
                .modelName(un)
                .temperature(0.0);
    }

    @Test
    void the_code_on_a_models_page_prints_a_text(@TempDir Path folder) throws Exception {
        String code = Jsoup.parse(AsBrowser.given().get("/" + un).asString())
                .select("details:has(summary:contains(LangChain4j)) code")
                .first()
                .wholeText();
        Path source = Files.writeString(folder.resolve("Snippet.java"), """
                import dev.langchain4j.model.openai.OpenAiLanguageModel;

                class Snippet {
                    public static void main(String[] words) {
                %s
                    }
                }
                """.formatted(code));

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString())
                .redirectError(folder.resolve("err").toFile())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor())
                .as(code + Files.readString(folder.resolve("err")))
                .isZero();
        assertThat(printed).isEqualTo("unhappy\n"); // of the example on the card
    }

    @Test
    void every_parameter_works_or_is_refused_by_name() {
        WORK.forEach((name, parameter) -> {
            OpenAiChatModelBuilder builder = model();
            parameter.accept(builder);
            assertThat(builder.build().chat("lock")).as(name).isNotNull();
        });
        REFUSED.forEach((name, parameter) -> {
            OpenAiChatModelBuilder builder = model();
            parameter.accept(builder);
            assertThatThrownBy(() -> builder.build().chat("lock"))
                    .as(name)
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'" + name + "'");
        });
        // a new version's parameters belong into one of the tables
        Set<String> known = new TreeSet<>(OF_THE_CLIENT);
        known.addAll(WORK.keySet());
        REFUSED.keySet().forEach(name -> known.add(camelCase(name)));
        assertThat(known)
                .containsAll(Stream.of(OpenAiChatModelBuilder.class.getDeclaredMethods())
                        .filter(method -> method.getReturnType() != void.class && !method.isSynthetic())
                        .map(Method::getName)
                        .collect(Collectors.toSet()));
    }

    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("_"))
            text.append(text.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        return text.toString();
    }

    @Test
    void what_works_has_an_effect() {
        assertThat(model().build().chat("lock")).isEqualTo("unlock");
        assertThat(model().stop(List.of("loc")).build().chat("lock")).isEqualTo("un");
        for (OpenAiChatModelBuilder cut : List.of(model().maxTokens(1), model().maxCompletionTokens(1))) {
            ChatResponse answer = cut.build().chat(UserMessage.from("lock"));
            assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(1);
        }
        OpenAiChatModelBuilder drawn = model().temperature(2.0).maxTokens(12).seed(7);
        String one = drawn.build().chat("lock");
        assertThat(drawn.build().chat("lock")).isEqualTo(one);
        assertThat(Stream.of(8, 9, 10, 11).map(seed -> drawn.seed(seed).build().chat("lock")))
                .anyMatch(other -> !other.equals(one));
        ChatResponse rated = model().logprobs(true).topLogprobs(2).build().chat(UserMessage.from("lock"));
        assertThat(((OpenAiChatResponseMetadata) rated.metadata()).logProbs())
                .hasSize(rated.tokenUsage().outputTokenCount());
    }

    @Test
    void what_the_models_cannot_do_is_refused() {
        ChatRequest tools = ChatRequest.builder()
                .messages(UserMessage.from("lock"))
                .toolSpecifications(ToolSpecification.builder().name("f").build())
                .build();
        assertThatThrownBy(() -> model().build().chat(tools))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'tools'");
        assertThatThrownBy(() -> model().build().chat(SystemMessage.from("Shout."), UserMessage.from("lock")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("send one message");
        assertThatThrownBy(() -> model().modelName("nobody/nothing").build().chat("lock"))
                .isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> model().apiKey("lh_none").build().chat("lock"))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void texts_are_streamed() throws Exception {
        List<String> chat = new ArrayList<>();
        CompletableFuture<ChatResponse> answer = new CompletableFuture<>();
        OpenAiStreamingChatModel.builder()
                .baseUrl(address.toString())
                .apiKey(token)
                .modelName(un)
                .temperature(0.0)
                .build()
                .chat("lock", new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String text) {
                        chat.add(text);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }
                });
        assertThat(answer.get(60, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("unlock");
        assertThat(answer.get().tokenUsage().totalTokenCount()).isPositive();
        // a fast worker has written it before the first event is sent, so there may be one event or several
        assertThat(String.join("", chat)).isEqualTo("unlock");

        List<String> pieces = new ArrayList<>();
        CompletableFuture<String> text = new CompletableFuture<>();
        OpenAiStreamingLanguageModel.builder()
                .baseUrl(address.toString())
                .apiKey(token)
                .modelName(un)
                .temperature(0.0)
                .build()
                .generate("happy", new StreamingResponseHandler<>() {
                    @Override
                    public void onNext(String piece) {
                        pieces.add(piece);
                    }

                    @Override
                    public void onComplete(Response<String> response) {
                        text.complete(response.content());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        text.completeExceptionally(failure);
                    }
                });
        assertThat(text.get(60, TimeUnit.SECONDS)).isEqualTo("unhappy");
        assertThat(String.join("", pieces)).isEqualTo("unhappy");
    }

    @Test
    void models_are_listed() {
        OpenAiModelCatalog catalog = OpenAiModelCatalog.builder()
                .baseUrl(address.toString())
                .apiKey(token)
                .build();

        // adapters come after base models, and there may be more than a page of them
        assertThat(catalog.listModels()).extracting(ModelDescription::name).contains(DemoHub.BASE_MODEL);
    }
}

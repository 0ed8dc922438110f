package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.add;
import static io.lorahub.huggingface.writing.RepositoryClient.adding;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Members and programs that commit to one repository at the same time. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class ConcurrentCommitsTest extends RepositoryFixture {

    private static final int AT_ONCE = 8;

    ConcurrentCommitsTest(Hub hub) {
        super(hub);
    }

    @Test
    void no_commit_takes_back_the_files_of_another() {
        List<Response> committed = atOnce(notes());

        assertThat(committed).extracting(Response::statusCode).containsOnly(200);
        assertThat(paths()).containsAll(names());
        assertThat(repository.get("/commits/main").<List<String>>path("id")).hasSize(AT_ONCE + 1);
    }

    @Test
    void a_version_keeps_the_files_that_came_while_it_was_checked() {
        AdapterFiles sent = adapter();
        List<String> commits = new ArrayList<>(notes());
        commits.add(0, adding(sent));

        List<Response> committed = atOnce(commits);

        assertThat(committed).extracting(Response::statusCode).containsOnly(200);
        assertThat(paths()).containsAll(names()).contains(AdapterFiles.CONFIG, AdapterFiles.WEIGHTS);
        assertThat(repository.file(AdapterFiles.WEIGHTS)).isEqualTo(sent.get(AdapterFiles.WEIGHTS));
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.0.0");
    }

    @Test
    void the_two_parts_of_an_adapter_can_come_at_once() {
        AdapterFiles sent = adapter();

        List<Response> committed = atOnce(List.of(
                add(AdapterFiles.CONFIG, sent.get(AdapterFiles.CONFIG)),
                add(AdapterFiles.WEIGHTS, sent.get(AdapterFiles.WEIGHTS))));

        assertThat(committed).extracting(Response::statusCode).containsOnly(200);
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.0.0");
    }

    @Test
    void only_one_of_several_commits_on_the_same_parent_is_made() {
        String header = RepositoryClient.HEADER.replace(
                "\"description\"", "\"parentCommit\": \"%s\", \"description\"".formatted(repository.head()));

        List<Response> committed = notes().stream()
                .map(note -> CompletableFuture.supplyAsync(() -> repository.send(header + note)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();

        assertThat(committed)
                .extracting(Response::statusCode)
                .containsOnlyOnce(200)
                .containsOnly(200, 412);
        assertThat(repository.get("/commits/main").<List<String>>path("id")).hasSize(2);
    }

    private List<Response> atOnce(List<String> operations) {
        return operations.stream()
                .map(one -> CompletableFuture.supplyAsync(() -> repository.commit(one)))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
    }

    private static List<String> notes() {
        return names().stream().map(name -> add(name, name.getBytes(UTF_8))).toList();
    }

    private static List<String> names() {
        return IntStream.range(0, AT_ONCE).mapToObj("note-%d.txt"::formatted).toList();
    }

    private List<String> paths() {
        return repository.get("/tree/main").path("path");
    }
}

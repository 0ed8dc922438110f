package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RegisterTest {

    private static final String PASSWORD = "three small boats";

    private final Hub hub;

    RegisterTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void a_new_member_is_signed_in_and_may_publish_under_the_own_name() {
        Response answer = register("Ada-Lovelace", PASSWORD, PASSWORD);
        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(Forms.isSignedIn(answer.cookie(SessionCookie.NAME))).isTrue();
        Person ada = Person.named("ada-lovelace").orElseThrow();
        assertThat(ada.role).isEqualTo(Role.MEMBER);
        assertThat(ada.passwordHash).startsWith("$2").doesNotContain(PASSWORD);
        assertThat(Publisher.of(ada)).extracting(publisher -> publisher.name).containsExactly("ada-lovelace");
        assertThat(Forms.signIn("ada-lovelace", PASSWORD).statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "-a",
                "a--b",
                "a_b",
                "a/b",
                "ä-b",
                "a b",
                "..",
                "<b>x</b>",
                "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd",
                "admin",
                "API",
                "settings"
            })
    void a_name_that_cannot_be_is_refused_with_the_reason(String name) {
        Response answer = register(name, PASSWORD, PASSWORD);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(answer, "name")).isNotEmpty();
        assertThat(Forms.page(answer).select("#f-name").val()).isEqualTo(name);
        assertThat(answer.cookies()).doesNotContainKey(SessionCookie.NAME);
    }

    @Test
    void a_name_is_taken_in_any_case_of_its_letters() {
        String name = hub.person(Role.MEMBER).name;
        Response answer = register(name.toUpperCase(Locale.ROOT), PASSWORD, PASSWORD);
        assertThat(Forms.errorOf(answer, "name")).isEqualTo("The name " + name + " is taken; choose another one.");
    }

    @ParameterizedTest
    @CsvSource({
        "short, 'This password has 5 characters'",
        "password123, one of the most common ones",
        "Correct Horse Battery Staple, one of the most common ones",
        "aaaaaaaaaaaaaaa, one of the most common ones",
        "new-member-77, too similar to the account name"
    })
    void a_weak_password_is_refused_with_the_reason(String password, String reason) {
        Response answer = register("new-member", password, password);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(answer, "password")).contains(reason);
        assertThat(answer.asString()).doesNotContain("value=\"" + password);
    }

    @Test
    void all_faults_are_told_at_once() {
        Response answer = register("a b", "short", "other");
        assertThat(Forms.errorOf(answer, "name")).isNotEmpty();
        assertThat(Forms.errorOf(answer, "password")).isNotEmpty();
        assertThat(Forms.errorOf(answer, "again")).isNotEmpty();
        assertThat(Forms.errorOf(register("new-member", PASSWORD, "three small goats"), "again"))
                .contains("don't match");
        assertThat(Person.named("new-member")).isEmpty();
    }

    @Test
    void of_many_who_want_one_name_at_once_one_gets_it() throws Exception {
        ExecutorService browsers = Executors.newFixedThreadPool(6);
        try {
            List<Future<Integer>> answers = browsers.invokeAll(IntStream.range(0, 12)
                    .<Callable<Integer>>mapToObj(i ->
                            () -> register("wanted-by-all", PASSWORD, PASSWORD).statusCode())
                    .toList());
            int[] counts = new int[2];
            for (Future<Integer> answer : answers) counts[answer.get() == 303 ? 0 : 1]++;
            assertThat(counts).containsExactly(1, 11);
            for (Future<Integer> answer : answers) assertThat(answer.get()).isIn(303, 422);
        } finally {
            browsers.shutdownNow();
        }
        assertThat(Person.count("name", "wanted-by-all")).isEqualTo(1);
    }

    @Test
    void a_form_of_nothing_is_answered_like_any_other() {
        assertThat(Forms.post(null, "/register").statusCode()).isEqualTo(422);
        assertThat(register("x".repeat(100_000), PASSWORD, PASSWORD).statusCode())
                .isIn(413, 422);
    }

    private static Response register(String name, String password, String again) {
        return Forms.post(null, "/register", "name", name, "password", password, "again", again, "next", "/upload");
    }
}

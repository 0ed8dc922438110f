package io.lorahub.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.admin.Health.Part;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTest {

    private static final Part DATABASE = new Part("Database", true, "");
    private static final Part STORE = new Part("Object store", true, "");

    @Test
    void all_parts_up() {
        Status status = Status.of(new Health(true, List.of(DATABASE, STORE)), Optional.of(2L));
        assertThat(status.up()).isTrue();
        assertThat(status.whole()).isTrue();
        assertThat(status.toString()).contains("2 answer.");
    }

    @Test
    void a_hub_without_workers_is_up_but_not_whole() {
        Status status = Status.of(new Health(true, List.of(DATABASE, STORE)), Optional.of(0L));
        assertThat(status.up()).isTrue();
        assertThat(status.whole()).isFalse();
    }

    @Test
    void without_store_or_database_the_hub_is_down_and_does_not_say_why() {
        Part down = new Part("Object store", false, "secret.internal:9000 refused");
        Status noStore = Status.of(new Health(false, List.of(DATABASE, down)), Optional.of(1L));
        assertThat(noStore.up()).isFalse();
        assertThat(noStore.toString()).doesNotContain("secret");
        assertThat(Status.of(new Health(true, List.of(DATABASE, STORE)), Optional.empty())
                        .up())
                .isFalse();
    }
}

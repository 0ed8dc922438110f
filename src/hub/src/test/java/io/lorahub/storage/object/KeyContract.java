package io.lorahub.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names objects can have, and how they are listed, stored and deleted by name. */
interface KeyContract extends StoreUnderTest {

    @Test
    default void the_same_content_is_kept_once() {
        StagedFile first = stage("hello");
        StagedFile second = stage("hello");

        store().publish(first, first.blobKey());
        store().publish(second, second.blobKey());

        assertThat(keys("")).containsExactly(first.blobKey());
    }

    @Test
    default void publishing_twice_is_as_good_as_once() throws IOException {
        StagedFile staged = stage("hello");

        store().publish(staged, KEY);
        store().publish(staged, KEY);

        assertThat(read(KEY)).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "../secret",
                "notes/../../secret",
                "notes/..",
                "./notes",
                "notes//hello",
                "notes/",
                ".hidden",
                "notes/.hidden",
                "Notes/hello",
                "notes\\hello",
                "C:/notes",
                "notes/hello world",
                "notes/héllo",
                "notes/hello\u0000.txt",
                "notes/hello\n",
                "notes/hello?x=1",
                "notes/%2e%2e/secret"
            })
    default void a_hostile_key_is_refused(String key) {
        StagedFile staged = stage("hello");

        assertThatIllegalArgumentException().isThrownBy(() -> store().publish(staged, key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().open(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().stat(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().localPath(key));
        assertThatIllegalArgumentException().isThrownBy(() -> store().delete(key));
        assertThat(keys("")).containsExactly(staged.key());
    }

    @Test
    default void a_long_key_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store().stat("a".repeat(201)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "../", "notes/../", "notes/.", ".", "Notes"})
    default void a_hostile_prefix_is_refused(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> store().list(prefix));
    }

    @Test
    default void objects_are_listed_by_prefix() {
        publish("1", "notes/a.txt");
        publish("22", "notes/ab/c.txt");
        publish("333", "note.txt");
        publish("4", "other/a.txt");

        assertThat(store().list("notes/").map(StoredObject::size)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(keys("notes/a")).containsExactlyInAnyOrder("notes/a.txt", "notes/ab/c.txt");
        assertThat(keys("note")).containsExactlyInAnyOrder("note.txt", "notes/a.txt", "notes/ab/c.txt");
        assertThat(keys("")).hasSize(4);
        assertThat(keys("nothing/")).isEmpty();
        assertThat(keys("note.txt")).containsExactly("note.txt");
    }

    @Test
    default void deleting_is_idempotent() {
        publish("hello", KEY);

        store().delete(KEY);
        store().delete(KEY);
        store().delete("never/was.txt");

        assertThat(store().stat(KEY)).isEmpty();
        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> store().open(KEY))
                .withMessageContaining(KEY);
        assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store().open(KEY, 0, 0));
    }

    @Test
    default void a_folder_is_no_object() {
        publish("hello", KEY);

        store().delete("notes");

        assertThat(store().stat("notes")).isEmpty();
        assertThatExceptionOfType(NoSuchObjectException.class).isThrownBy(() -> store().open("notes"));
        assertThat(keys("")).containsExactly(KEY);
    }
}

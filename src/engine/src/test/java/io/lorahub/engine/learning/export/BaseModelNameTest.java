package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in the cache of huggingface_hub, as it lays them out. */
class BaseModelNameTest {

    @TempDir
    Path model;

    private Path first;
    private Path second;

    @BeforeEach
    void snapshots() throws IOException {
        first = snapshot("aaa", 2_000_000);
        second = snapshot("bbb", 1_000_000);
    }

    private Path snapshot(String commit, long time) throws IOException {
        Path folder = Files.createDirectories(model.resolve("snapshots").resolve(commit));
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.setLastModifiedTime(folder, FileTime.fromMillis(time));
        return folder;
    }

    private void ref(String name, String commit) throws IOException {
        Path ref = model.resolve("refs").resolve(name);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, commit);
    }

    @Test
    void the_branch_main_is_taken_and_not_what_was_fetched_last() throws IOException {
        assertThat(BaseModelName.snapshot(model, "main")).contains(first);
        ref("main", "bbb");
        assertThat(BaseModelName.snapshot(model, "main")).contains(second);
    }

    @Test
    void a_revision_is_a_branch_a_tag_or_a_commit() throws IOException {
        ref("main", "aaa");
        ref("refs/pr/1", "bbb");
        assertThat(BaseModelName.snapshot(model, "refs/pr/1")).contains(second);
        assertThat(BaseModelName.snapshot(model, "bbb")).contains(second);
        assertThat(BaseModelName.snapshot(model, "v2")).isEmpty();
        assertThat(BaseModelName.snapshot(model, "../snapshots/bbb")).isEmpty();
        assertThat(BaseModelName.find("a\0b", "main")).isEmpty();
    }

    @Test
    void adapters_say_which_revision() {
        LoraAdapter plain = anAdapter().with("revision", "null").loadedFrom(model, "plain");
        LoraAdapter tagged = anAdapter().with("revision", "\"v2\"").loadedFrom(model, "tagged");
        assertThat(BaseModelName.revision(List.of(plain))).isEqualTo("main");
        assertThat(BaseModelName.revision(List.of(tagged))).isEqualTo("v2");
        assertThatThrownBy(() -> BaseModelName.revision(List.of(plain, tagged)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("different revisions of the base model (main, v2)");
        assertThatThrownBy(() -> BaseModelName.folder(List.of(tagged)))
                .hasMessageContaining("\"tiny-t5\" in revision \"v2\"");
    }
}

package io.lorahub.upload.readme;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.budget.RequestBudget;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is refused: what can't be read is left out of the card. */
class ReadmeFuzzTest {

    static Stream<byte[]> readmes() {
        return ForeignBytes.seeds(
                """
                ---
                license: mit
                language: [en, no]
                tags:
                - lora
                datasets: x/y
                widget:
                - text: a
                  output: {text: b}
                base_model: t5 # comment
                ---
                # A *title* #

                A first sentence, long enough to be one. Another with `code` and **words**.

                ## Training data
                <!-- nothing -->
                """,
                "---\n"
                        + "a: &x [1, 0x1F, 0b1, 1e3, .inf, 1:30, 2001-12-14, ~]\n"
                        + "b: *x\n"
                        + "<<: {c: !!str 1}\n"
                        + "? d\n"
                        + ": |\n"
                        + "  text\n"
                        + "---\n",
                "---\nlicense: !!float 1.5\nx: !!int 3\ny: !!binary aGk=\nz: !!set {a}\nw: !!omap [a: 1]\n---\n");
    }

    @MethodSource("readmes")
    @FuzzTest
    void any_readme(byte[] bytes) throws Exception {
        ForeignBytes.read(64, () -> {
            Readme readme = Readme.of(ForeignBytes.text(bytes));
            readme.card();
            readme.draft();
        });
    }

    static Stream<byte[]> recipes() {
        return ForeignBytes.seeds(
                "{\"adapters\": [{\"weight\": 0.5, \"files\": {\"adapter_model.safetensors\": \"%064d\"}}]}"
                        .formatted(1));
    }

    @MethodSource("recipes")
    @FuzzTest
    void any_recipe(byte[] bytes) throws Exception {
        ForeignBytes.read(16, () -> SentRecipe.read(bytes, RequestBudget.NONE));
    }
}

package io.lorahub.examples;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesFuzzTest {

    @TempDir
    Path folder;

    static Stream<byte[]> examples() {
        return ForeignBytes.seeds(
                "{\"input\": \"a\", \"output\": \"b\"}\n{\"instruction\": \"i\", \"input\": null, \"output\": \"c\"}\n",
                "[{\"question\": \"a\", \"answer\": \"b\"}]",
                "{\"canary\": \"x\", \"examples\": [{\"input\": \"a\", \"target\": \"b\"}]}",
                "input,output\r\n\"a, \"\"quoted\"\"\",b\r\n",
                "input;output\n1,5;2,5\n",
                "a\tb\n\"line\nbreak\"\tc\n");
    }

    @MethodSource("examples")
    @FuzzTest
    void any_file(byte[] bytes) throws Exception {
        for (String name : List.of("some", "some.csv", "some.jsonl")) {
            Path file = ForeignBytes.file(folder.resolve(name), bytes);
            ForeignBytes.read(32, () -> ExamplesFile.read(file), ExamplesException.class);
        }
    }

    /** What is written is read as the same examples. */
    @MethodSource("examples")
    @FuzzTest
    void any_pasted_text(byte[] bytes) throws Exception {
        ForeignBytes.read(32, () -> {
            Pasted pasted = PastedExamples.read("Pasted rows", ForeignBytes.text(bytes));
            String written = PastedExamples.write(pasted.examples());
            if (!PastedExamples.read("Written rows", written).examples().equals(pasted.examples())) {
                throw new AssertionError("Written as " + written);
            }
        });
    }
}

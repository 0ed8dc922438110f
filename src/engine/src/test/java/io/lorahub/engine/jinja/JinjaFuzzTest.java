package io.lorahub.engine.jinja;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class JinjaFuzzTest {

    private static final Path TEMPLATES = Checkout.path("src/engine/src/test/resources");

    private static final Map<String, Object> VARIABLES = Map.of(
            "messages",
            List.of(
                    Map.of("role", "system", "content", "Be brief."),
                    Map.of("role", "user", "content", "Hello!"),
                    Map.of("role", "assistant", "content", "Hi.")),
            "add_generation_prompt",
            true,
            "bos_token",
            "<s>",
            "n",
            7,
            "x",
            2.5);

    /** Of published models, and one with a bit of everything. */
    static Stream<byte[]> templates() throws IOException {
        List<byte[]> published;
        try (Stream<Path> files = Files.list(TEMPLATES.resolve("chat-templates"))) {
            published = files.filter(file -> file.toString().endsWith(".jinja"))
                    .sorted()
                    .map(JinjaFuzzTest::bytes)
                    .toList();
        }
        byte[] expressions = bytes(TEMPLATES.resolve("jinja/expressions.txt"));
        Stream<byte[]> rest = ForeignBytes.text(expressions)
                .lines()
                .flatMap(line -> ForeignBytes.seeds(line.contains("{%") ? line : "{{ " + line + " }}"));
        return Stream.concat(published.stream(), rest);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A template can use as much memory as its budget says. */
    @MethodSource("templates")
    @FuzzTest
    void any_template(byte[] source) throws Exception {
        ForeignBytes.read(
                300,
                () -> JinjaTemplate.parse(ForeignBytes.text(source)).render(VARIABLES, Clock.systemUTC()),
                JinjaException.class);
    }
}

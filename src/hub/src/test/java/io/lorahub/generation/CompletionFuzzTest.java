package io.lorahub.generation;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.ProblemException;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class CompletionFuzzTest {

    static Stream<byte[]> requests() {
        return ForeignBytes.seeds(
                "{\"model\": \"demo/un\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\","
                        + " \"text\": \"a\"}]}], \"max_tokens\": 5, \"temperature\": 0.5, \"stop\": [\"b\"],"
                        + " \"logit_bias\": {\"1\": 2}, \"seed\": 1, \"logprobs\": true, \"top_logprobs\": 2, \"stream\":"
                        + " true, \"stream_options\": {\"include_usage\": true}}",
                "{\"model\": \"demo/un\", \"prompt\": [[1, 2], \"b\"], \"n\": 2, \"logprobs\": 3, \"echo\": false}");
    }

    @MethodSource("requests")
    @FuzzTest
    void any_request(byte[] bytes) throws Exception {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(bytes);
        } catch (IOException e) {
            return;
        }
        ForeignBytes.read(16, () -> CompletionParameters.ofChat(json), ProblemException.class);
        ForeignBytes.read(16, () -> CompletionParameters.ofCompletions(json), ProblemException.class);
    }
}

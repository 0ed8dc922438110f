package io.lorahub.engine.learning;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.log.RunLog;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class RunLogFuzzTest {

    private static final ObjectNode HEADER =
            new ObjectMapper().createObjectNode().put("lorahub", "1");

    @TempDir
    Path folder;

    static Stream<byte[]> logs() {
        return ForeignBytes.seeds(
                "{\"lorahub\":\"1\"}\n"
                        + "{\"number\":1,\"cost\":1,\"weights\":[0.5],\"loss\":2.0,\"objective\":1.5,\"seconds\":0.1}\n",
                "{\"lorahub\":\"2\",\"adapters\":[{\"name\":\"x\"}]}\n");
    }

    @MethodSource("logs")
    @FuzzTest
    void any_log(byte[] bytes) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("run.jsonl"), bytes);
        ForeignBytes.read(16, () -> RunLog.resume(file, HEADER).close(), EngineException.class);
    }
}

package io.lorahub.engine.fingerprint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.engine.error.EngineException;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a process that has read foreign files answers. */
class FingerprintFuzzTest {

    static Stream<byte[]> fingerprints() {
        byte[] one = new byte[FingerprintBytes.LONGEST / Fingerprint.MOST_MODULES + 1];
        one[0] = 1;
        return Stream.of(one);
    }

    @MethodSource("fingerprints")
    @FuzzTest
    void any_fingerprint(byte[] bytes) throws Exception {
        ForeignBytes.read(16, () -> FingerprintBytes.read(bytes), EngineException.class);
    }
}

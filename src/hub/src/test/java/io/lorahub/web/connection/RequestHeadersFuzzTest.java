package io.lorahub.web.connection;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.download.content.ByteRange;
import io.lorahub.download.content.UnsatisfiableRangeException;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.EntityTags;
import io.lorahub.web.LocalPath;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import jakarta.ws.rs.core.EntityTag;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers that the hub reads itself, and addresses to which it redirects. */
class RequestHeadersFuzzTest {

    private static final long SIZE = 1000;

    private final TrustedProxies proxies = new TrustedProxies(List.of("127.0.0.1", "10.0.0.0/8", "fd00::/8"));

    static Stream<byte[]> values() {
        return ForeignBytes.seeds(
                "bytes=0-499",
                "bytes=-1",
                "W/\"a\", \"b\", *",
                "1.2.3.4, [2001:db8::1]:4711, 10.1.2.3:80",
                "/adapters?q=a#b",
                "/\\evil.example",
                "//evil.example/a");
    }

    @MethodSource("values")
    @FuzzTest
    void any_value(byte[] bytes) throws Exception {
        String value = new String(bytes, StandardCharsets.ISO_8859_1);
        ForeignBytes.read(
                16,
                () -> {
                    ByteRange.parse(value, SIZE).ifPresent(range -> {
                        if (range.offset() < 0 || range.length() < 1 || range.offset() + range.length() > SIZE) {
                            throw new AssertionError(range);
                        }
                    });
                },
                UnsatisfiableRangeException.class);
        ForeignBytes.read(16, () -> {
            EntityTags.of(value).weaklyMatch(new EntityTag("a"));
            String path = LocalPath.orStart(ForeignBytes.text(bytes)).text();
            if (!path.matches("(?s)/(?![/\\\\]).*|/")) throw new AssertionError(path);
            HttpHeaders headers = new DefaultHttpHeaders(false).set("X-Forwarded-For", value);
            proxies.clean(headers, InetAddress.getLoopbackAddress());
        });
    }
}

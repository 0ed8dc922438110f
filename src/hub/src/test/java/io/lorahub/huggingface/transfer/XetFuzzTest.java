package io.lorahub.huggingface.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.budget.RequestBudget;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class XetFuzzTest {

    private static final long LARGEST_FILE = 10 << 20;
    private static final long MOST_READ = 20 << 20;

    private static final byte[] XORB = XetBytes.xorb(
            XetBytes.stored("stored".getBytes(UTF_8)),
            XetBytes.lz4("packed packed packed".getBytes(UTF_8)),
            XetBytes.grouped("grouped grouped".getBytes(UTF_8)));

    private static final byte[] SHARD = XetBytes.shard(
            XetBytes.hash(1),
            new XetFile.Segment(XetBytes.hash(2), 26, 0, 2),
            new XetFile.Segment(XetBytes.hash(2), 15, 2, 3));

    static Stream<byte[]> shards() {
        return Stream.of(SHARD);
    }

    static Stream<byte[]> xorbs() {
        return Stream.of(XORB);
    }

    @MethodSource("shards")
    @FuzzTest
    void any_shard(byte[] bytes) throws Exception {
        assemble(bytes, XORB);
    }

    @MethodSource("xorbs")
    @FuzzTest
    void any_xorb(byte[] bytes) throws Exception {
        assemble(SHARD, bytes);
    }

    private static void assemble(byte[] shard, byte[] xorb) throws Exception {
        ForeignBytes.read(
                128,
                () -> {
                    try (Xorbs xorbs =
                            new Xorbs(hash -> new ByteArrayInputStream(xorb), RequestBudget.NONE, MOST_READ)) {
                        for (XetFile file :
                                XetFile.readShard(new ByteArrayInputStream(shard), LARGEST_FILE, RequestBudget.NONE)) {
                            new AssembledInputStream(file, xorbs).transferTo(OutputStream.nullOutputStream());
                        }
                    }
                },
                MalformedXetException.class);
    }
}

package io.lorahub.huggingface.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Files put together from xorbs, as a shard describes them. */
class AssembledFilesTest {

    private static final long PLENTY = 1 << 20;

    private final byte[] first = bytes(1000, 1);
    private final byte[] second = bytes(1003, 2);
    private final byte[] third = bytes(77, 3);
    private final Map<String, byte[]> xorbs = Map.of(
            XetBytes.hash(1),
            XetBytes.xorb(XetBytes.stored(first), XetBytes.lz4(second), XetBytes.grouped(third)),
            XetBytes.hash(2),
            XetBytes.xorb(XetBytes.stored(third)));
    private final Function<String, InputStream> opened = hash -> new ByteArrayInputStream(xorbs.get(hash));

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte) (i / 5 * seed);
        return bytes;
    }

    private byte[] read(List<XetFile.Segment> segments) throws IOException {
        return new AssembledInputStream(segments, opened, PLENTY).readAllBytes();
    }

    @Test
    void chunks_of_every_compression_are_joined() throws IOException {
        byte[] content = read(List.of(
                new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3),
                new XetFile.Segment(XetBytes.hash(2), 77, 0, 1),
                new XetFile.Segment(XetBytes.hash(1), 1003, 1, 2),
                new XetFile.Segment(XetBytes.hash(1), 77, 2, 3)));

        assertThat(content).isEqualTo(XetBytes.joined(first, second, third, third, second, third));
    }

    @Test
    void what_a_shard_says_is_read() throws IOException {
        byte[] shard = XetBytes.shard("ab".repeat(32), new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3));

        List<XetFile> files = XetFile.readShard(new ByteArrayInputStream(shard), PLENTY);

        assertThat(files)
                .containsExactly(
                        new XetFile("ab".repeat(32), 2080, List.of(new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3))));
    }

    @Test
    void a_segment_of_another_size_is_refused() {
        assertThatThrownBy(() -> read(List.of(new XetFile.Segment(XetBytes.hash(1), 2081, 0, 3))))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void chunks_beyond_the_end_are_refused() {
        assertThatThrownBy(() -> read(List.of(new XetFile.Segment(XetBytes.hash(2), 154, 0, 2))))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void a_chunk_that_holds_more_than_it_says_is_refused() {
        byte[] chunk = XetBytes.lz4(new byte[100_000]);
        chunk[5] = 10;
        chunk[6] = 0;
        chunk[7] = 0;
        Map<String, byte[]> one = Map.of(XetBytes.hash(1), chunk);

        assertThatThrownBy(() -> new AssembledInputStream(
                                List.of(new XetFile.Segment(XetBytes.hash(1), 10, 0, 1)),
                                hash -> new ByteArrayInputStream(one.get(hash)),
                                PLENTY)
                        .readAllBytes())
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void damaged_compression_is_refused() {
        byte[] chunk = XetBytes.lz4(second);
        Arrays.fill(chunk, 20, chunk.length, (byte) 0xff);

        assertThatThrownBy(() -> new AssembledInputStream(
                                List.of(new XetFile.Segment(XetBytes.hash(1), 1003, 0, 1)),
                                hash -> new ByteArrayInputStream(chunk),
                                PLENTY)
                        .readAllBytes())
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void reading_the_same_chunks_over_and_over_ends() {
        XetFile.Segment last = new XetFile.Segment(XetBytes.hash(1), 77, 2, 3);
        XetFile.Segment before = new XetFile.Segment(XetBytes.hash(1), 1003, 1, 2);

        assertThatThrownBy(() ->
                        new AssembledInputStream(List.of(last, before, last, before), opened, 4000).readAllBytes())
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void a_body_that_is_no_shard_is_refused() {
        byte[] sound = XetBytes.shard("ab".repeat(32), new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3));
        byte[] many = sound.clone();
        Arrays.fill(many, 48 + 36, 48 + 40, (byte) 0x7f);

        for (byte[] shard : List.of(new byte[0], new byte[200], Arrays.copyOf(sound, 100), many)) {
            assertThatThrownBy(() -> XetFile.readShard(new ByteArrayInputStream(shard), PLENTY))
                    .isInstanceOf(MalformedXetException.class);
        }
        assertThatThrownBy(() -> XetFile.readShard(new ByteArrayInputStream(sound), 2079))
                .isInstanceOf(MalformedXetException.class);
    }
}

package io.lorahub.huggingface.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.web.budget.RequestBudget;
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

    private byte[] read(XetFile.Segment... segments) throws IOException {
        return read(opened, PLENTY, segments);
    }

    private static byte[] read(Function<String, InputStream> xorbs, long most, XetFile.Segment... segments)
            throws IOException {
        byte[] shard = XetBytes.shard("ab".repeat(32), segments);
        XetFile file = readShard(shard, PLENTY).get(0);
        return new AssembledInputStream(file, new Xorbs(xorbs, RequestBudget.NONE, most)).readAllBytes();
    }

    private static List<XetFile> readShard(byte[] shard, long most) throws IOException {
        return XetFile.readShard(new ByteArrayInputStream(shard), most, RequestBudget.NONE);
    }

    @Test
    void chunks_of_every_compression_are_joined() throws IOException {
        byte[] content = read(
                new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3),
                new XetFile.Segment(XetBytes.hash(2), 77, 0, 1),
                new XetFile.Segment(XetBytes.hash(1), 1003, 1, 2),
                new XetFile.Segment(XetBytes.hash(1), 77, 2, 3));

        assertThat(content).isEqualTo(XetBytes.joined(first, second, third, third, second, third));
    }

    @Test
    void what_a_shard_says_is_read() throws IOException {
        XetFile.Segment segment = new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3);

        List<XetFile> files = readShard(XetBytes.shard("ab".repeat(32), segment), PLENTY);

        assertThat(files).singleElement().satisfies(file -> {
            assertThat(file.sha256()).isEqualTo("ab".repeat(32));
            assertThat(file.size()).isEqualTo(2080);
            assertThat(file.segments()).isEqualTo(1);
            assertThat(file.segment(0)).isEqualTo(segment);
        });
    }

    @Test
    void a_segment_of_another_size_is_refused() {
        assertThatThrownBy(() -> read(new XetFile.Segment(XetBytes.hash(1), 2081, 0, 3)))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void chunks_beyond_the_end_are_refused() {
        assertThatThrownBy(() -> read(new XetFile.Segment(XetBytes.hash(2), 154, 0, 2)))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void a_chunk_that_holds_more_than_it_says_is_refused() {
        byte[] chunk = XetBytes.lz4(new byte[100_000]);
        chunk[5] = 10;
        chunk[6] = 0;
        chunk[7] = 0;
        Map<String, byte[]> one = Map.of(XetBytes.hash(1), chunk);

        assertThatThrownBy(() -> read(
                        hash -> new ByteArrayInputStream(one.get(hash)),
                        PLENTY,
                        new XetFile.Segment(XetBytes.hash(1), 10, 0, 1)))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void damaged_compression_is_refused() {
        byte[] chunk = XetBytes.lz4(second);
        Arrays.fill(chunk, 20, chunk.length, (byte) 0xff);

        assertThatThrownBy(() -> read(
                        hash -> new ByteArrayInputStream(chunk),
                        PLENTY,
                        new XetFile.Segment(XetBytes.hash(1), 1003, 0, 1)))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void reading_the_same_chunks_over_and_over_ends() {
        XetFile.Segment last = new XetFile.Segment(XetBytes.hash(1), 77, 2, 3);
        XetFile.Segment before = new XetFile.Segment(XetBytes.hash(1), 1003, 1, 2);

        // opened twice, three chunks each time
        assertThatThrownBy(() -> read(opened, 2 * Xorbs.OPENING + 5 * Xorbs.CHUNK, last, before, last))
                .isInstanceOf(MalformedXetException.class);
    }

    @Test
    void files_in_the_order_of_their_xorb_are_read_in_one_pass() throws IOException {
        XetFile one = readShard(
                        XetBytes.shard("ab".repeat(32), new XetFile.Segment(XetBytes.hash(1), 2003, 0, 2)), PLENTY)
                .get(0);
        XetFile two = readShard(
                        XetBytes.shard("cd".repeat(32), new XetFile.Segment(XetBytes.hash(1), 77, 2, 3)), PLENTY)
                .get(0);
        try (Xorbs once = new Xorbs(opened, RequestBudget.NONE, Xorbs.OPENING + 3 * Xorbs.CHUNK)) {
            assertThat(new AssembledInputStream(one, once).readAllBytes()).isEqualTo(XetBytes.joined(first, second));
            assertThat(new AssembledInputStream(two, once).readAllBytes()).isEqualTo(third);
        }
    }

    @Test
    void a_body_that_is_no_shard_is_refused() {
        byte[] sound = XetBytes.shard("ab".repeat(32), new XetFile.Segment(XetBytes.hash(1), 2080, 0, 3));
        byte[] many = sound.clone();
        Arrays.fill(many, 48 + 36, 48 + 40, (byte) 0x7f);

        for (byte[] shard : List.of(new byte[0], new byte[200], Arrays.copyOf(sound, 100), many)) {
            assertThatThrownBy(() -> readShard(shard, PLENTY)).isInstanceOf(MalformedXetException.class);
        }
        assertThatThrownBy(() -> readShard(sound, 2079)).isInstanceOf(MalformedXetException.class);
    }
}

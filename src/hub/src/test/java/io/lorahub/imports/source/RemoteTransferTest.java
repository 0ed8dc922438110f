package io.lorahub.imports.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Okio;
import org.junit.jupiter.api.Test;

/** When a transfer is ended, by a clock that the other hub's bytes and this hub's work move. */
class RemoteTransferTest {

    private static final URI HUB = URI.create("https://hub.example");
    private static final int MINUTE = 60;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicBoolean needed = new AtomicBoolean(true);
    private final AtomicBoolean othersWait = new AtomicBoolean();
    private final RemoteTransfer transfer = new RemoteTransfer(
            new RemoteHub.Source(HUB, "ada/past", null),
            "adapter_model.safetensors",
            needed::get,
            othersWait::get,
            AllowedHostsTest.config(List.of(HUB.toString())),
            clock::get);

    /** @param perSecond bytes that arrive */
    private void answer(int perSecond) {
        answer(perSecond, Duration.ofSeconds(1));
    }

    /** @param count bytes that arrive each time */
    private void answer(int count, Duration each) {
        InputStream body = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] buffer, int offset, int length) {
                passes(each);
                return Math.min(length, count);
            }
        };
        transfer.receive(new Response.Builder()
                .request(new Request.Builder().url(HUB.toString()).build())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(ResponseBody.create(Okio.buffer(Okio.source(body)), null, -1))
                .build());
    }

    private void passes(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private void read(int times) throws IOException {
        byte[] buffer = new byte[8192]; // what okio asks for at a time
        for (int i = 0; i < times; i++) transfer.read(buffer, 0, buffer.length);
        transfer.check();
    }

    @Test
    void what_arrives_too_slowly_over_a_minute_is_ended() throws IOException {
        answer(500);
        read(MINUTE - 1);
        assertThat(transfer.ended()).isEmpty();

        read(1);

        assertThat(transfer.ended()).hasValueSatisfying(ended -> {
            assertThat(ended)
                    .hasMessage("hub.example sends adapter_model.safetensors too slowly: 500 bytes per second over a"
                            + " minute, where this hub asks for 51,200 or more.");
            assertThat(ended.isSlow()).isTrue();
            assertThat(ended.isPassing()).isTrue();
        });
    }

    @Test
    void what_arrives_too_slowly_is_ended_after_five_seconds_if_other_imports_wait() throws IOException {
        answer(500);
        othersWait.set(true);
        read(4);
        assertThat(transfer.ended()).isEmpty();

        read(1);

        assertThat(transfer.ended()).hasValueSatisfying(ended -> {
            assertThat(ended).hasMessageContaining("500 bytes per second over 5 seconds");
            assertThat(ended.isSlow()).isTrue();
        });
    }

    @Test
    void what_arrives_fast_enough_goes_on_if_other_imports_wait() throws IOException {
        answer(8192, Duration.ofMillis(100));
        othersWait.set(true);
        for (int second = 0; second < 600; second++) read(10);

        assertThat(transfer.ended()).isEmpty();
    }

    @Test
    void time_that_this_hub_takes_for_itself_does_not_count() throws IOException {
        answer(500);
        for (int minute = 0; minute < 10; minute++) {
            read(1);
            passes(Duration.ofMinutes(1));
            transfer.check();
        }

        assertThat(transfer.ended()).isEmpty();
    }

    @Test
    void what_is_no_longer_wanted_is_ended() {
        transfer.check();
        assertThat(transfer.ended()).isEmpty();

        needed.set(false);
        transfer.check();

        assertThat(transfer.ended())
                .hasValueSatisfying(ended -> assertThat(ended.isSlow()).isFalse());
    }
}

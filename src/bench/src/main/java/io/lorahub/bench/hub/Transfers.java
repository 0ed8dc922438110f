package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.Seconds;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The speed of uploading and downloading a large adapter through the API, compared with a plain copy of the file in
 * the same minute. All three end when the bytes are on the disk: the copy and the download are synced here, the upload
 * by the hub before it answers. Also the copy without syncing, and SHA-256 alone.
 */
final class Transfers {

    private static final String CONFIG = "adapter_config.json";
    private static final String COPY = "copy";
    private static final String DOWNLOADED = "downloaded";
    private static final int BUFFER = 1 << 20;
    private static final int HASHED_BUFFERS = 100;
    private static final int HASH_ROUNDS = 9;
    private static final long CHECK_SECONDS = 60;

    /** Not measured. */
    private static final int WARM_UP = 4;

    /**
     * Until the hub's JIT has compiled the upload code. After four uploads, its compilers still take a fifth of an
     * upload's processor time.
     */
    private static final int UPLOADS_BEFORE = 20;

    private final BenchHubClient client;
    private final BenchMember member;
    private final Connection connection;
    private final Path adapter;
    private final Path weights;
    private final List<Double> copies = new ArrayList<>();
    private final List<Double> unforced = new ArrayList<>();
    private final List<Double> uploads = new ArrayList<>();
    private final List<Double> downloads = new ArrayList<>();

    /** @param adapter folder of an adapter */
    Transfers(BenchHubClient client, BenchMember member, Connection connection, Path adapter) {
        this.client = client;
        this.member = member;
        this.connection = connection;
        this.adapter = adapter;
        this.weights = adapter.resolve(LargeAdapter.WEIGHTS);
    }

    /** Copy, upload and download in turn, so that other load on the machine affects all of them alike. */
    ObjectNode measure(int rounds, BenchProgress progress) {
        progress.say("Transfers, %d uploads that are not measured".formatted(UPLOADS_BEFORE));
        for (int i = 0; i < UPLOADS_BEFORE; i++) uploadAndCancel();
        String download = "";
        for (int round = 0; round < WARM_UP + rounds; round++) {
            progress.say("Transfers, round %d of %d".formatted(round + 1, WARM_UP + rounds));
            if (round == WARM_UP) List.of(unforced, copies, uploads, downloads).forEach(List::clear);
            copies.add(Seconds.of(() -> copy(true)));
            delete(adapter.resolve(COPY));
            unforced.add(Seconds.of(() -> copy(false)));
            delete(adapter.resolve(COPY));
            JsonNode upload = announce();
            send(upload, CONFIG);
            uploads.add(Seconds.of(() -> send(upload, LargeAdapter.WEIGHTS)));
            JsonNode whole = awaitChecks(upload.path("url").asText());
            if (round == 0) download = publish(whole);
            cancel(upload);
            String address = download;
            downloads.add(Seconds.of(() -> download(address)));
            compare();
        }
        return result();
    }

    /** Without its other file, so that the hub keeps waiting and no checks run. */
    private void uploadAndCancel() {
        JsonNode upload = announce();
        send(upload, LargeAdapter.WEIGHTS);
        cancel(upload);
    }

    private void cancel(JsonNode upload) {
        client.send(client.to(upload.path("url").asText()).DELETE(), BodyHandlers.discarding());
    }

    private void copy(boolean forced) {
        Path target = adapter.resolve(COPY);
        try (FileChannel in = FileChannel.open(weights, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
            while (in.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) out.write(buffer);
                buffer.clear();
            }
            if (forced) out.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("The file cannot be copied.", e);
        }
    }

    private JsonNode announce() {
        ObjectNode manifest = BenchOutput.JSON.createObjectNode();
        ArrayNode files = manifest.putArray("files");
        try {
            for (String name : List.of(CONFIG, LargeAdapter.WEIGHTS)) {
                files.addObject().put("name", name).put("size", Files.size(adapter.resolve(name)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The adapter's files cannot be read.", e);
        }
        return client.post("/api/v1/uploads", manifest).path("uploads").get(0);
    }

    private void send(JsonNode upload, String name) {
        try {
            client.sendFile(upload.path("url").asText() + "/files/" + name, adapter.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("The adapter's files cannot be sent.", e);
        }
    }

    /** The checks would take time from the next measurement. */
    private JsonNode awaitChecks(String upload) {
        long end = System.nanoTime() + CHECK_SECONDS * 1_000_000_000L;
        JsonNode view = client.get(upload);
        while (view.path("state").asText().equals("checking") && System.nanoTime() < end) {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EngineException("The measurement was interrupted.", e);
            }
            view = client.get(upload);
        }
        return view;
    }

    private String publish(JsonNode upload) {
        for (JsonNode file : upload.path("files")) {
            if (!file.path("name").asText().equals(LargeAdapter.WEIGHTS)) continue;
            try {
                return member.publish(
                        connection, LargeAdapter.WEIGHTS, file.path("sha256").asText());
            } catch (SQLException e) {
                throw new EngineException("The uploaded file cannot be published: %s".formatted(e.getMessage()), e);
            }
        }
        throw new EngineException("The hub does not have the file that was uploaded: %s".formatted(upload));
    }

    private void download(String address) {
        try {
            client.receiveFile(address, adapter.resolve(DOWNLOADED));
        } catch (IOException e) {
            throw new UncheckedIOException("The downloaded file cannot be written.", e);
        }
    }

    private void compare() {
        Path target = adapter.resolve(DOWNLOADED);
        try {
            if (Files.mismatch(target, weights) >= 0)
                throw new EngineException("The downloaded bytes are not those that were uploaded.");
        } catch (IOException e) {
            throw new UncheckedIOException("The downloaded file cannot be read.", e);
        }
        delete(target);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be deleted.".formatted(file), e);
        }
    }

    private ObjectNode result() {
        double megabytes = weights.toFile().length() / 1e6;
        double copy = megabytes / Samples.of(copies).median();
        double up = megabytes / Samples.of(uploads).median();
        double down = megabytes / Samples.of(downloads).median();
        return BenchOutput.JSON
                .createObjectNode()
                .put("bytes", weights.toFile().length())
                .put("rounds", copies.size())
                .put("copy_mb_per_second", copy)
                .put(
                        "unforced_copy_mb_per_second",
                        megabytes / Samples.of(unforced).median())
                .put("sha256_mb_per_second", hashSpeed() / 1e6)
                .put("upload_mb_per_second", up)
                .put("download_mb_per_second", down)
                .put("upload_to_copy", up / copy)
                .put("download_to_copy", down / copy);
    }

    /** The process that {@link #hashSpeed} starts: prints how many bytes a second SHA-256 takes. */
    public static void main(String[] arguments) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BUFFER];
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < HASH_ROUNDS; round++) {
            seconds.add(Seconds.of(() -> {
                for (int i = 0; i < HASHED_BUFFERS; i++) digest.update(buffer);
            }));
        }
        System.out.println(
                (double) BUFFER * HASHED_BUFFERS / Samples.of(seconds).median());
    }

    /**
     * Bytes a second, which no upload can exceed, for each is hashed. In a process of its own with the hub's flags: this one
     * is compiled for a quick start.
     */
    private static double hashSpeed() {
        return Double.parseDouble(JavaProcess.run(JavaProcess.command(JavaProcess.SERVER_FLAGS, Transfers.class))
                .strip());
    }
}

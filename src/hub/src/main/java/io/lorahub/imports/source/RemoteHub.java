package io.lorahub.imports.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.learning.recipe.EngineVersion;
import io.lorahub.imports.source.GuardedSockets.BlockedAddressException;
import io.lorahub.imports.source.RepositoryListing.ListedFile;
import io.lorahub.job.JobCounts;
import io.lorahub.job.JobQueue;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.commons.io.IOUtils;

/**
 * Reads repositories of other hubs. Redirects are followed one by one, only to allowed hosts, and the member's token is
 * sent to the hub itself only.
 */
@ApplicationScoped
public class RemoteHub {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration LONGEST_LISTING = Duration.ofMinutes(2);
    private static final int LARGEST_LISTING = 10_000_000;
    private static final int LONGEST_LICENCE = 60;
    private static final String COMMIT = "[0-9a-f]{40}";
    private static final String ETAG = "[!-~]{1,200}";
    private static final int MOST_REDIRECTS = 5;

    private final AllowedHosts hosts;
    private final ImportConfig config;
    private final BooleanSupplier othersWait;
    private final OkHttpClient http;
    private final ScheduledExecutorService watches = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "import-transfers");
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    RemoteHub(AllowedHosts hosts, ImportConfig config, JobCounts jobs) {
        this(hosts, config, () -> jobs.isCrowded(JobQueue.IMPORTS));
    }

    RemoteHub(AllowedHosts hosts, ImportConfig config, BooleanSupplier othersWait) {
        this.hosts = hosts;
        this.config = config;
        this.othersWait = othersWait;
        this.http = new OkHttpClient.Builder()
                .socketFactory(new GuardedSockets(hosts::mayConnect))
                .proxy(Proxy.NO_PROXY) // the check of addresses needs direct connections
                .protocols(List.of(Protocol.HTTP_1_1))
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(CONNECT)
                .readTimeout(SILENCE)
                .build();
    }

    /**
     * @param address of the hub, without a path
     * @param repository {@code owner/name}
     * @param token for the hub; null for none
     */
    public record Source(URI address, String repository, String token) {

        String host() {
            return address.getAuthority();
        }
    }

    /**
     * The files of a repository at a revision.
     *
     * @param needed asked once a second; false breaks it off
     * @throws RemoteHubException if there is none, or it can't be read
     */
    public RepositoryListing listing(Source source, String revision, BooleanSupplier needed) {
        String url = "%s/api/models/%s/revision/%s?blobs=true"
                .formatted(source.address, path(source.repository), segment(revision));
        RemoteTransfer transfer = transfer(source, "the list of files", needed);
        try (transfer) {
            get(transfer, source, url, 0, "%s at %s".formatted(source.repository, revision), LONGEST_LISTING);
            byte[] bytes = transfer.readNBytes(LARGEST_LISTING + 1);
            if (bytes.length > LARGEST_LISTING) {
                throw RemoteHubException.lasting("The list of files of %s is too long.".formatted(source.repository));
            }
            return listing(source, revision, read(source, bytes));
        } catch (IOException e) {
            throw transfer.fault(e);
        }
    }

    private RemoteTransfer transfer(Source source, String what, BooleanSupplier needed) {
        return new RemoteTransfer(source, what, needed, othersWait, config, System::nanoTime).watched(watches, CHECK);
    }

    private static JsonNode read(Source source, byte[] bytes) throws IOException {
        try {
            return RemoteJson.read(
                    "The list of files of %s".formatted(source.repository), new String(bytes, StandardCharsets.UTF_8));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw RemoteHubException.foreign(source);
        }
    }

    static RepositoryListing listing(Source source, String revision, JsonNode model) {
        String commit = model.path("sha").asText();
        if (!commit.matches(COMMIT) || !model.path("siblings").isArray()) throw RemoteHubException.foreign(source);
        if (revision.matches(COMMIT) && !revision.equals(commit)) {
            throw RemoteHubException.lasting(
                    "%s answers with the commit %s in place of %s.".formatted(source.host(), commit, revision));
        }
        List<ListedFile> files = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (JsonNode file : model.path("siblings")) {
            JsonNode size =
                    file.has("size") ? file.path("size") : file.path("lfs").path("size");
            String sha256 = file.path("lfs").path("sha256").asText();
            boolean counted = size.isIntegralNumber() && size.canConvertToLong() && size.longValue() >= 0;
            String path = file.path("rfilename").asText();
            if (!counted || !paths.add(path)) throw RemoteHubException.foreign(source);
            String etag = file.path("blobId").asText();
            files.add(new ListedFile(
                    path,
                    size.longValue(),
                    etag.matches(ETAG) ? etag : "",
                    Optional.of(sha256).filter(text -> text.matches("[0-9a-f]{64}"))));
        }
        String licence = model.path("cardData").path("license").asText().strip();
        boolean said = !licence.isEmpty() && licence.length() <= LONGEST_LICENCE;
        return new RepositoryListing(commit, files, said ? Optional.of(licence) : Optional.empty());
    }

    /**
     * The content of a file from an offset on; the caller closes it.
     *
     * @param size of the whole file, in bytes
     * @param needed asked once a second; false breaks it off
     * @throws RemoteHubException if it can't be read, or has another size
     */
    public RemoteTransfer open(
            Source source, String commit, String file, long offset, long size, BooleanSupplier needed) {
        String url = "%s/%s/resolve/%s/%s".formatted(source.address, path(source.repository), commit, path(file));
        RemoteTransfer transfer = transfer(source, file, needed);
        boolean done = false;
        try {
            Response answer = get(transfer, source, url, offset, "the file %s".formatted(file), Duration.ZERO);
            long start = start(answer, offset);
            long length = answer.body().contentLength();
            if (start < 0 || length >= 0 && start + length != size) {
                throw RemoteHubException.lasting("%s sends %s with another size than the %,d bytes that it announced."
                        .formatted(source.host(), file, size));
            }
            transfer.skipNBytes(offset - start); // a hub that ignores ranges sends the whole file
            done = true;
            return transfer;
        } catch (IOException e) {
            throw transfer.fault(e);
        } finally {
            if (!done) IOUtils.closeQuietly(transfer);
        }
    }

    /** Where the body starts; -1 if that is not what was asked for. */
    private static long start(Response answer, long offset) {
        if (answer.code() != 206) return 0;
        String range = answer.header("Content-Range", "");
        return range.startsWith("bytes %d-".formatted(offset)) ? offset : -1;
    }

    /** @return the answer, whose body the transfer reads from now on */
    private Response get(
            RemoteTransfer transfer, Source source, String url, long offset, String what, Duration longest) {
        URI address = URI.create(url);
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            requireAllowed(address, redirects);
            Response answer = send(transfer, source, address, offset, longest);
            if (answer.isSuccessful()) {
                transfer.receive(answer);
                return answer;
            }
            try (answer) {
                if (answer.code() / 100 != 3) throw RemoteHubException.refused(source, answer, what);
                address = target(source, answer);
            }
        }
        throw RemoteHubException.lasting("%s redirects again and again.".formatted(source.host()));
    }

    private void requireAllowed(URI address, int redirects) {
        if (hosts.allows(address)) return;
        HttpUrl url = HttpUrl.get(address); // URI has no host where the name has an underscore
        String host = url == null || address.getHost() != null ? address.getHost() : url.host();
        throw RemoteHubException.lasting(
                redirects == 0
                        ? "This hub doesn't import from %s.".formatted(address.getAuthority())
                        : "The other hub redirects to %s, which isn't among the hosts that this hub allows."
                                .formatted(host));
    }

    private static URI target(Source source, Response answer) {
        HttpUrl target = answer.request().url().resolve(answer.header("Location", ""));
        if (target == null) {
            throw RemoteHubException.lasting("%s redirects to no address.".formatted(source.host()));
        }
        return target.uri();
    }

    private Response send(RemoteTransfer transfer, Source source, URI address, long offset, Duration longest) {
        Request.Builder request = new Request.Builder()
                .url(address.toString())
                .header("User-Agent", "lorahub/" + EngineVersion.current())
                .header("Accept-Encoding", "identity"); // lengths are counted
        if (offset > 0) request.header("Range", "bytes=%d-".formatted(offset));
        if (source.token != null && isOf(source, address)) request.header("Authorization", "Bearer " + source.token);
        try {
            return transfer.execute(
                    http.newBuilder().callTimeout(longest).build().newCall(request.build()));
        } catch (BlockedAddressException e) {
            throw RemoteHubException.lasting(
                    "%s has an address that isn't public, so nothing is fetched from it.".formatted(address.getHost()));
        } catch (IOException e) {
            throw transfer.fault(e);
        } catch (IllegalArgumentException e) {
            throw RemoteHubException.lasting("%s can't be asked with this token.".formatted(source.host()));
        }
    }

    private static boolean isOf(Source source, URI address) {
        HttpUrl one = HttpUrl.get(source.address);
        HttpUrl other = HttpUrl.get(address);
        return one != null
                && other != null
                && one.scheme().equals(other.scheme())
                && one.host().equals(other.host())
                && one.port() == other.port();
    }

    private static String path(String text) {
        return Arrays.stream(text.split("/")).map(RemoteHub::segment).collect(Collectors.joining("/"));
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @PreDestroy
    void stop() {
        watches.shutdownNow();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}

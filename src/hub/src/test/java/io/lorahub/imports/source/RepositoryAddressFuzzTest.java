package io.lorahub.imports.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What members name, and what other hubs answer. */
class RepositoryAddressFuzzTest {

    private static final String HOST = "huggingface.co";

    private final AllowedHosts hosts = new AllowedHosts(AllowedHostsTest.config(List.of(HOST)));

    static Stream<byte[]> addresses() {
        return ForeignBytes.seeds(
                "owner/name@v1.0",
                "https://huggingface.co/owner/name/tree/main/checkpoints/last",
                "https://huggingface.co/owner/name/blob/refs%2Fpr%2F1/README.md?version=2#top",
                "https://user@huggingface.co:443/owner/name",
                "http://[::ffff:127.0.0.1]:8080/owner/name",
                "https://evil.example\\@huggingface.co/owner/name");
    }

    /** Nothing but the allowed host is asked, and only for a path inside the repository. */
    @MethodSource("addresses")
    @FuzzTest
    void any_address(byte[] bytes) throws Exception {
        ForeignBytes.read(
                16,
                () -> {
                    RepositoryAddress address = RepositoryAddress.of(ForeignBytes.text(bytes), "from");
                    URI hub = hosts.hub(address, null);
                    boolean safe = hub.toString().equals("https://" + HOST)
                            || hub.toString().equals("https://" + HOST + ":443");
                    if (!safe || (address.repository() + "/" + address.revision()).contains("..")) {
                        throw new AssertionError(hub + " " + address);
                    }
                },
                ProblemException.class);
    }

    /** As a second field of the form. */
    @MethodSource("addresses")
    @FuzzTest
    void any_hub(byte[] bytes) throws Exception {
        ForeignBytes.read(
                16,
                () -> hosts.hub(RepositoryAddress.of("owner/name", "from"), ForeignBytes.text(bytes)),
                ProblemException.class);
    }

    static Stream<byte[]> answers() {
        return ForeignBytes.seeds("""
            {"sha": "0123456789012345678901234567890123456789", "cardData": {"license": "mit"}, "siblings": [
             {"rfilename": "a.txt", "size": 5, "blobId": "ab"},
             {"rfilename": "b.safetensors", "lfs": {"size": 7, "sha256": "cd"}}]}
            """);
    }

    @MethodSource("answers")
    @FuzzTest
    void any_list_of_files(byte[] bytes) throws Exception {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(ForeignBytes.text(bytes));
        } catch (IOException e) {
            return;
        }
        RemoteHub.Source source = new RemoteHub.Source(URI.create("https://" + HOST), "owner/name", null);
        ForeignBytes.read(16, () -> RemoteHub.listing(source, "main", json), RemoteHubException.class);
    }
}

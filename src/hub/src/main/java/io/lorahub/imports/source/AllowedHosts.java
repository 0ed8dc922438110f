package io.lorahub.imports.source;

import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Named;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that the operator allows ({@code lorahub.imports.hosts}). A name allows only public addresses, whatever it
 * resolves to; an address that is listed itself, with its port, is allowed even if it is private.
 */
@ApplicationScoped
@Named("imports")
public class AllowedHosts {

    /** An address of digits would otherwise be looked up as a name. */
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[.*]");

    private static final int LONGEST_TOKEN = 500;

    private final ImportConfig config;

    AllowedHosts(ImportConfig config) {
        this.config = config;
    }

    private List<Entry> entries() {
        return config.hosts().orElse(List.of()).stream()
                .filter(entry -> !entry.isBlank())
                .map(entry -> Entry.of(entry.strip()))
                .toList();
    }

    /**
     * @param host in lower case; after {@code *.} for all names that end with it
     * @param address that the host is; empty for a name
     */
    private record Entry(String scheme, boolean below, String host, int port, Optional<InetAddress> address) {

        private static final Pattern FORM = Pattern.compile(
                "(?:(?<scheme>https?)://)?(?<below>\\*\\.)?(?<host>[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::(?<port>\\d{1,5}))?/?");

        static Entry of(String text) {
            Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
            if (!form.matches()) {
                throw new IllegalArgumentException(
                        "\"%s\" in lorahub.imports.hosts isn't a host such as huggingface.co.".formatted(text));
            }
            String scheme = form.group("scheme") == null ? "https" : form.group("scheme");
            String port = form.group("port");
            String host = form.group("host");
            return new Entry(
                    scheme,
                    form.group("below") != null,
                    host,
                    port == null ? defaultPort(scheme) : Integer.parseInt(port),
                    literal(host));
        }

        boolean allows(String otherScheme, String otherHost, int otherPort) {
            return scheme.equals(otherScheme)
                    && port == otherPort
                    && (below ? otherHost.endsWith("." + host) : otherHost.equals(host));
        }

        URI origin() {
            return URI.create("%s://%s%s".formatted(scheme, host, port == defaultPort(scheme) ? "" : ":" + port));
        }
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    private static Optional<InetAddress> literal(String host) {
        if (!LITERAL.matcher(host).matches()) return Optional.empty();
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Addresses of the hubs from which members can import, in the order of the setting. */
    public List<URI> hubs() {
        return entries().stream()
                .filter(entry -> !entry.below)
                .map(Entry::origin)
                .toList();
    }

    /** Whether members can import at all; pages offer it only then. */
    public boolean isOn() {
        return !hubs().isEmpty();
    }

    /**
     * The hub that a request means.
     *
     * @param given address of the hub, unless the source names it; null for the first allowed one
     * @throws ProblemException if it isn't allowed
     */
    public URI hub(RepositoryAddress source, String given) {
        List<URI> hubs = hubs();
        if (hubs.isEmpty()) {
            throw ProblemException.forbidden(
                    "This hub doesn't import from other hubs. Its operator can allow hosts with LORAHUB_IMPORTS_HOSTS.");
        }
        URI hub = source.hub().orElseGet(() -> given == null || given.isBlank() ? hubs.get(0) : parsed(given));
        if (!allows(hub)) {
            throw ProblemException.invalid(
                    source.hub().isPresent() ? "from" : "hub",
                    "This hub doesn't import from %s. Allowed: %s.".formatted(hub, allowed(hubs)));
        }
        return hub;
    }

    private static String allowed(List<URI> hubs) {
        return String.join(", ", hubs.stream().map(URI::toString).toList());
    }

    private static URI parsed(String hub) {
        try {
            return RepositoryAddress.origin(URI.create(hub.strip()), "hub");
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalid(
                    "hub", "\"%s\" isn't a hub's address; write http:// or https:// before the host.".formatted(hub));
        }
    }

    /** The token of another hub; null if none is given. @throws ProblemException if it can't be one */
    public static String token(String given) {
        if (given == null || given.isBlank()) return null;
        String token = given.strip();
        if (token.length() > LONGEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw ProblemException.invalid("token", "This isn't a token; it has spaces or unusual characters.");
        }
        return token;
    }

    /** Whether requests to this address are allowed, as far as its text says; a name can still resolve to others. */
    public boolean allows(URI address) {
        if (address.getHost() == null || address.getScheme() == null || address.getRawUserInfo() != null) return false;
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        int port = address.getPort() == -1 ? defaultPort(scheme) : address.getPort();
        String host = address.getHost().toLowerCase(Locale.ROOT);
        return entries().stream().anyMatch(entry -> entry.allows(scheme, host, port));
    }

    /** Whether a socket can connect to this address, whatever name led to it. */
    boolean mayConnect(InetSocketAddress address) {
        if (address.isUnresolved()) return false;
        return PublicAddress.isPublic(address.getAddress())
                || entries().stream()
                        .anyMatch(entry -> entry.port == address.getPort()
                                && entry.address
                                        .filter(address.getAddress()::equals)
                                        .isPresent());
    }
}

package io.lorahub.web.guard;

import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.WebConfig;
import io.netty.util.NetUtil;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers only requests for the hub's own names. Another site could point its name at this server (DNS rebinding), and
 * its page would then share our origin in the browser; and links in mails and feeds would contain whatever name the
 * request used. IP addresses and names without a dot cannot be owned by anyone on the internet, so they need no list.
 *
 * <p>Health is told by any name, and without one, because a load balancer or Kubernetes asks by whatever name a machine
 * has there; so are metrics where they are open.
 */
@ApplicationScoped
public class HostCheck {

    /** After the headers, before everything that trusts the host. */
    private static final int PRIORITY = 950;

    private static final Pattern HOST = Pattern.compile("[\\w.-]+|\\[[0-9a-fA-F:.%]+]|[0-9a-fA-F:]+");

    private static final Pattern MONITORING = Pattern.compile("/q/(health|metrics)(/.*)?");
    private static final String FOREIGN = HostCheck.class.getName() + ".foreign";

    private final Set<String> names;

    HostCheck(WebConfig config, @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        names = Stream.concat(publicUrl.map(URI::getHost).stream(), config.hosts().orElse(List.of()).stream())
                .map(HostCheck::plain)
                .collect(Collectors.toSet());
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    /** Whether a request came by a name that isn't the hub's, which only those for health and metrics can. */
    public static boolean isForeign(RoutingContext context) {
        return context.get(FOREIGN) != null;
    }

    /** Whether a request is for the health or the metrics of the hub. */
    public static boolean isForMonitoring(RoutingContext context) {
        String path = context.normalizedPath();
        return MONITORING.matcher(path).matches();
    }

    private void check(RoutingContext context) {
        HostAndPort asked = context.request().authority();
        if (isForMonitoring(context)) {
            if (asked != null && !isOurs(asked.host())) context.put(FOREIGN, true);
            context.next();
        } else if (asked == null || !HOST.matcher(asked.host()).matches()) {
            context.fail(ProblemException.badRequest("The header Host must be the name of a host."));
        } else if (isOurs(asked.host())) {
            context.next();
        } else {
            context.fail(
                    ProblemType.MISDIRECTED.status,
                    new ProblemException(
                            ProblemType.MISDIRECTED,
                            ProblemType.MISDIRECTED.headline,
                            "This hub does not answer to that name. Its operator can add it to LORAHUB_WEB_HOSTS.",
                            List.of(),
                            Map.of()));
        }
    }

    boolean isOurs(String host) {
        String name = plain(host);
        return !name.contains(".")
                || name.endsWith(".localhost")
                || NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name)
                || names.contains(name);
    }

    /** A trailing dot marks a fully qualified name; brackets enclose an IPv6 address. */
    private static String plain(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) name = name.substring(1, name.length() - 1);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}

package io.lorahub.admin;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/**
 * An effective setting.
 *
 * @param environment the variable that sets it
 */
public record SettingRow(String name, String value, String environment) {

    private static final Pattern OURS = Pattern.compile(
            "lorahub\\..*|quarkus\\.(datasource\\.(jdbc\\.url|username|jdbc\\.max-size)|http\\.(port|host|limits\\..*)"
                    + "|oidc\\.(tenant-enabled|auth-server-url|client-id))");

    private static final Pattern SECRET = Pattern.compile(".*(password|secret|key(?!-file)|token(?!s)|credential).*");

    /** Credentials within an address: the part before its host, and parameters such as JDBC's password. */
    private static final Pattern CREDENTIALS = Pattern.compile(
            "(?<=://)[^/?#@\\s]+(?:@[^/?#@\\s]+)*(?=@)|(?<=[?&;][a-z]{0,20}(?:password|secret|key|token|credential)=)[^&;#]*",
            Pattern.CASE_INSENSITIVE);

    /** Settings that an operator would set, sorted by name. */
    static List<SettingRow> inForce(Config config) {
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> OURS.matcher(name).matches())
                .distinct()
                .sorted()
                .map(name -> new SettingRow(name, shown(config, name), environment(name)))
                .toList();
    }

    private static String shown(Config config, String name) {
        String value = config.getOptionalValue(name, String.class).orElse("");
        if (SECRET.matcher(name).matches() && !value.isEmpty()) return "set, not shown";
        return CREDENTIALS.matcher(value).replaceAll("…");
    }

    /**
     * Follows MicroProfile Config's mapping of names: every character other than a letter or a digit becomes an
     * underscore.
     */
    private static String environment(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT);
    }
}

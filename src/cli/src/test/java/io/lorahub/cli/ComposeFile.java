package io.lorahub.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker/compose.yaml, with anchors and merges resolved. */
record ComposeFile(Map<String, Service> services) {

    private static final Pattern HOST_AND_PORT = Pattern.compile("//([a-z]+):(\\d+)");

    private static final String SECRETS = "/run/secrets/";

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+)(?:(:[-?])([^}]*))?}");

    /**
     * @param environment names and values, as written; what comes from a file, as what is in the file
     * @param all       what the file says of it
     * @param published ports of the container that the machine has too
     */
    record Service(
            String image,
            boolean built,
            List<String> command,
            Map<String, String> environment,
            List<Integer> published,
            List<String> volumes,
            Map<String, Object> all) {

        /** @param variables by the secrets that they become */
        @SuppressWarnings("unchecked")
        static Service of(Map<String, Object> map, Map<String, Map<String, String>> variables) {
            List<String> secrets = (List<String>) map.getOrDefault("secrets", List.of());
            Map<String, String> environment = new TreeMap<>();
            ((Map<String, Object>) map.getOrDefault("environment", Map.of())).forEach((name, value) -> {
                String secret = value.toString().replaceFirst("^" + SECRETS, "");
                if (secret.equals(value)) {
                    environment.put(name, value.toString());
                } else if (!secrets.contains(secret)) {
                    throw new IllegalArgumentException("The container doesn't get the secret " + secret);
                } else {
                    String variable = variables.get(secret).get("environment");
                    environment.put(name.replaceFirst("_FILE$", ""), "${%s:?A secret.}".formatted(variable));
                }
            });
            return new Service(
                    (String) map.get("image"),
                    map.containsKey("build"),
                    (List<String>) map.getOrDefault("command", List.of()),
                    environment,
                    ((List<String>) map.getOrDefault("ports", List.of()))
                            .stream()
                                    .map(port -> Integer.valueOf(port.substring(port.lastIndexOf(':') + 1)))
                                    .toList(),
                    (List<String>) map.getOrDefault("volumes", List.of()),
                    map);
        }

        /** As the container gets it, where each variable has the value that is given for its name. */
        Map<String, String> environment(UnaryOperator<String> value) {
            Map<String, String> resolved = new TreeMap<>();
            environment.forEach((name, text) -> resolved.put(
                    name, REFERENCE.matcher(text).replaceAll(reference -> value.apply(reference.group(1)))));
            return resolved;
        }

        /** The names of its files below /run/secrets. */
        @SuppressWarnings("unchecked")
        List<String> secrets() {
            return (List<String>) all.getOrDefault("secrets", List.of());
        }

        /** Each ${...} in the environment. */
        List<MatchResult> references() {
            return environment.values().stream()
                    .flatMap(text -> REFERENCE.matcher(text).results())
                    .toList();
        }
    }

    @SuppressWarnings("unchecked")
    static ComposeFile read(Path file) throws IOException {
        Map<String, Object> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        var variables = (Map<String, Map<String, String>>) root.get("secrets");
        Map<String, Service> services = new TreeMap<>();
        ((Map<String, Map<String, Object>>) root.get("services"))
                .forEach((name, map) -> services.put(name, Service.of(map, variables)));
        return new ComposeFile(services);
    }

    Service service(String name) {
        return services.get(name);
    }

    /** Each address of another part, as its name and port. */
    List<MatchResult> addresses() {
        return services.values().stream()
                .flatMap(service -> service.environment().values().stream())
                .flatMap(value -> HOST_AND_PORT.matcher(value).results())
                .toList();
    }

    TreeSet<String> names() {
        return new TreeSet<>(services.keySet());
    }
}

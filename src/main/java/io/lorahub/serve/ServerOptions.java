package io.lorahub.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param port 0 takes any that is free
 * @param publicUrl the address by which others reach it, if that is another than host and port
 * @param settings further ones by name, which go before those of the environment
 */
public record ServerOptions(
        Path data, String host, int port, Optional<String> publicUrl, ServerRole role, Map<String, String> settings) {

    public ServerOptions(Path data, String host, int port, Optional<String> publicUrl, ServerRole role) {
        this(data, host, port, publicUrl, role, Map.of());
    }

    public ServerOptions with(Map<String, String> settings) {
        return new ServerOptions(data, host, port, publicUrl, role, settings);
    }
}

package io.lorahub.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Options for starting a server.
 *
 * @param port      0 for any free port
 * @param publicUrl address by which others reach it, if different from host and port
 * @param settings  additional settings by name, which override the environment
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

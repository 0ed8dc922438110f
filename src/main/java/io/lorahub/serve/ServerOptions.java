package io.lorahub.serve;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param port 0 takes any that is free
 * @param publicUrl the address by which others reach it, if that is another than host and port
 */
public record ServerOptions(Path data, String host, int port, Optional<String> publicUrl, Role role) {}

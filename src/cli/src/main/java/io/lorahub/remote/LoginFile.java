package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The user's tokens by hub, in a file that only the user can read, and the hub of the last login. */
public final class LoginFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    /** @param folder of the user's settings for LoraHub */
    public LoginFile(Path folder) {
        this.file = folder.resolve("login.json");
    }

    public Path path() {
        return file;
    }

    /** The hub of the last login. */
    public Optional<URI> server() {
        String server = read().path("server").asText();
        return server.isEmpty() ? Optional.empty() : Optional.of(Login.server(server));
    }

    public Optional<String> token(URI server) {
        return Optional.ofNullable(read().path("tokens").path(server.toString()).textValue());
    }

    public void save(Login login) {
        ObjectNode all = read();
        all.put("server", login.server().toString());
        all.withObjectProperty("tokens").put(login.server().toString(), login.token());
        write(all);
    }

    /** @return whether there was a token */
    public boolean forget(URI server) {
        ObjectNode all = read();
        JsonNode removed = all.withObjectProperty("tokens").remove(server.toString());
        if (all.path("server").asText().equals(server.toString())) all.remove("server");
        if (removed != null) write(all);
        return removed != null;
    }

    private ObjectNode read() {
        try {
            if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) return object;
            throw new RemoteException("%s is damaged; delete it and run lorahub login.".formatted(file));
        } catch (NoSuchFileException e) {
            return JSON.createObjectNode();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new RemoteException("%s is damaged; delete it and run lorahub login.".formatted(file), e);
        } catch (IOException e) {
            throw new RemoteException("%s cannot be read; check its permissions.".formatted(file), e);
        }
    }

    /** Under another name first, so that it is never incomplete or readable by others. */
    private void write(ObjectNode all) {
        try {
            Files.createDirectories(file.getParent(), rights(file.getParent(), "rwx------"));
            Path part = Files.createTempFile(file.getParent(), "login", ".part", rights(file.getParent(), "rw-------"));
            try {
                Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new RemoteException("%s cannot be written; check the permissions of its folder.".formatted(file), e);
        }
    }

    private static FileAttribute<?>[] rights(Path near, String rights) {
        if (!near.getFileSystem().supportedFileAttributeViews().contains("posix")) return new FileAttribute<?>[0];
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))};
    }
}

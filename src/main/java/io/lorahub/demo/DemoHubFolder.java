package io.lorahub.demo;

import io.lorahub.engine.EngineException;
import io.lorahub.xdg.UserFolders;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Where the demo hub's files are: in place when they are files, else unpacked from the jar. */
final class DemoHubFolder {

    private static final String RESOURCE = "/demo-hub/hub.json";

    private DemoHubFolder() {}

    static Path locate() {
        URL hub = DemoHubFolder.class.getResource(RESOURCE);
        if (hub == null) {
            throw new EngineException("This LoraHub was built without its demo hub (%s).".formatted(RESOURCE));
        }
        try {
            if (hub.getProtocol().equals("file")) return Path.of(hub.toURI()).getParent();
            return new DemoHubCache(UserFolders.cache()).unpacked(jar(hub));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a resource has an address", e);
        }
    }

    /** From jar:file:/a/b.jar!/demo-hub/hub.json */
    private static Path jar(URL resource) {
        String address = resource.getPath();
        return Path.of(URI.create(address.substring(0, address.indexOf("!/"))));
    }
}

package io.lorahub.composition.model;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this worker. */
@ApplicationScoped
public class WorkerName {

    private final String text;

    WorkerName(WorkerConfig config) {
        this.text = config.name()
                .orElseGet(() -> host() + "-" + ProcessHandle.current().pid());
    }

    public String text() {
        return text;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}

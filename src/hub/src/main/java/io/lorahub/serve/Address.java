package io.lorahub.serve;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Host and port on which the server listens. */
record Address(String host, int port) {

    /** @throws ServeException if the port cannot be used now */
    void requireFree() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (UnknownHostException e) {
            throw new ServeException(
                    "There is no address %s; give --host an address of this machine.".formatted(host), e);
        } catch (BindException e) {
            throw refused(e);
        } catch (IOException e) {
            throw new ServeException("%s cannot be listened on: %s.".formatted(this, EngineException.reason(e)), e);
        }
    }

    ServeException refused(Throwable e) {
        String reason = String.valueOf(e.getMessage());
        if (reason.contains("ermission")) {
            return new ServeException(
                    "This user isn't allowed to use port %d; give another one, above 1023, with --port."
                            .formatted(port),
                    e);
        }
        if (reason.contains("assign requested")) {
            return new ServeException(
                    "%s isn't an address of this machine; give --host one that is.".formatted(host), e);
        }
        return new ServeException(
                "Port %d of %s is in use; stop the program that uses it, or give another port with --port."
                        .formatted(port, host),
                e);
    }

    /** Address for a browser on this machine. */
    String url() {
        boolean any = host.equals("0.0.0.0") || host.equals("::");
        String name = any ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
        return "http://%s:%d".formatted(name, port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}

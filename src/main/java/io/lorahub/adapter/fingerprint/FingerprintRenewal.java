package io.lorahub.adapter.fingerprint;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;

/** Renews stored fingerprints in the background after a release that changes how similar adapters are found. */
@ApplicationScoped
public class FingerprintRenewal {

    private static final Logger LOG = Logger.getLogger(FingerprintRenewal.class);

    private final Duplicates duplicates;
    private final Vertx vertx;

    FingerprintRenewal(Duplicates duplicates, Vertx vertx) {
        this.duplicates = duplicates;
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent event) {
        Callable<Integer> renewal = this::renewAll;
        vertx.executeBlocking(renewal, false)
                .onFailure(e -> LOG.warn(
                        "Fingerprints of an older release could not be renewed; the next start tries it again.", e));
    }

    private int renewAll() {
        int all = 0;
        for (int some = duplicates.renew(); some > 0; some = duplicates.renew()) all += some;
        if (all > 0) LOG.infof("%d fingerprints of an older release were renewed.", all);
        return all;
    }
}

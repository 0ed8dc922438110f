package io.lorahub.bench.siege;

import java.io.IOException;
import java.util.Optional;

/** What one of many malicious clients does; each call is a client of its own, until it returns or is interrupted. */
interface Attack {

    /** Of one client, over and over while the attack lasts. */
    @FunctionalInterface
    interface Client {
        void act(int number) throws IOException, InterruptedException;
    }

    /** What somebody must be able to do meanwhile, such as the owner of the account that is attacked. */
    @FunctionalInterface
    interface Defence {
        boolean holds() throws IOException, InterruptedException;
    }

    /** An attack on the things that it needs, which are made before anything is measured. */
    record Prepared(Client client, Optional<Defence> defence) {

        static Prepared of(Client client) {
            return new Prepared(client, Optional.empty());
        }
    }

    String name();

    int clients();

    Prepared prepare(Target hub) throws IOException;
}

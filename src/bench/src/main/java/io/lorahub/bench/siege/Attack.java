package io.lorahub.bench.siege;

import java.io.IOException;

/** What one of many malicious clients does; each call is a client of its own, until it returns or is interrupted. */
interface Attack {

    /** Of one client, over and over while the attack lasts. */
    @FunctionalInterface
    interface Client {
        void act(int number) throws IOException, InterruptedException;
    }

    String name();

    int clients();

    /** Makes what the clients need, before anything is measured. */
    Client prepare(Target hub) throws IOException;
}

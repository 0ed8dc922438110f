package io.lorahub.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Prints how many bytes a second SHA-256 takes: no upload can be faster, for each is hashed. */
final class HashSpeed {

    private static final int BUFFER = 1 << 18;
    private static final int BUFFERS = 400;
    private static final int ROUNDS = 9;

    private HashSpeed() {}

    public static void main(String[] arguments) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[BUFFER];
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            seconds.add(Seconds.of(() -> {
                for (int i = 0; i < BUFFERS; i++) digest.update(buffer);
            }));
        }
        System.out.println((double) BUFFER * BUFFERS / Samples.of(seconds).median());
    }

    /** In a process of its own with the hub's flags: this one is compiled for a quick start. */
    static double measure() {
        return Double.parseDouble(JavaProcess.run(JavaProcess.command(HubUnderTest.FLAGS, HashSpeed.class))
                .strip());
    }
}

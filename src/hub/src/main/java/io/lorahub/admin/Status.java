package io.lorahub.admin;

import java.util.List;
import java.util.Optional;

/** Which parts of the hub work, for everyone: without names, addresses or reasons. */
record Status(List<Part> parts) {

    /**
     * @param needed whether the hub is down without it
     * @param detail consequence of its state, in a sentence
     */
    record Part(String name, boolean up, boolean needed, String detail) {}

    /** @param workers number of workers that are alive; empty if the database does not answer */
    static Status of(Health health, Optional<Long> workers) {
        boolean database = workers.isPresent() && isUp(health, "Database");
        boolean store = isUp(health, "Object store");
        long seen = workers.orElse(0L);
        return new Status(List.of(
                new Part("Web", true, true, "Pages and API answer."),
                new Part(
                        "Database",
                        database,
                        true,
                        database ? "It answers." : "It doesn't answer; almost nothing works without it."),
                new Part(
                        "Store",
                        store,
                        true,
                        store ? "Files can be written." : "It doesn't answer; files can't be uploaded or downloaded."),
                new Part(
                        "Workers",
                        seen > 0,
                        false,
                        seen == 0
                                ? "None answers; runs wait until a worker starts."
                                : seen == 1 ? "One answers." : "%d answer.".formatted(seen))));
    }

    public boolean up() {
        return parts.stream().allMatch(part -> part.up() || !part.needed());
    }

    public boolean whole() {
        return parts.stream().allMatch(Part::up);
    }

    /** A part without a health check counts as up. */
    private static boolean isUp(Health health, String begin) {
        return health.parts().stream()
                .filter(part -> part.name().startsWith(begin))
                .allMatch(Health.Part::up);
    }
}

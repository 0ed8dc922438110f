package io.lorahub.engine.safetensors;

import static io.lorahub.engine.error.EngineException.quoted;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * @param entries  entries by tensor name, in the order of their data
 * @param metadata the free texts under {@code __metadata__}
 * @param data     position in the file where the tensors' bytes begin
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long data) {

    /**
     * @param begin first byte of the tensor, relative to the first tensor
     * @param end   position after its last byte
     */
    record Entry(TensorInfo info, long begin, long end) {}

    private static final Comparator<Map.Entry<String, Entry>> BY_PLACE = Comparator.comparingLong(
                    (Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end())
            .thenComparing(Map.Entry::getKey);

    /**
     * Returns the entries in the order of their data. They must fill it without gap or overlap, so that no bytes are
     * hidden or read twice.
     *
     * @param available number of bytes after the header
     */
    static Map<String, Entry> inOrder(Path file, Map<String, Entry> entries, long available) {
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(BY_PLACE);
        Map<String, Entry> inOrder = new LinkedHashMap<>();
        String previous = "";
        long end = 0;
        for (var e : sorted) {
            String name = e.getKey();
            long begin = e.getValue().begin();
            if (begin < end) {
                throw refuse(file, "the tensors %s and %s overlap".formatted(quoted(previous), quoted(name)));
            }
            if (begin > end) {
                throw refuse(
                        file, "%d bytes before the tensor %s belong to no tensor".formatted(begin - end, quoted(name)));
            }
            end = e.getValue().end();
            if (end > available) {
                throw refuse(
                        file,
                        "it is incomplete: the tensor %s ends %d bytes after the end of the file"
                                .formatted(quoted(name), end - available));
            }
            inOrder.put(name, e.getValue());
            previous = name;
        }
        if (end < available) {
            throw refuse(file, "%d bytes at its end belong to no tensor".formatted(available - end));
        }
        return inOrder;
    }

    private static SafetensorsException refuse(Path file, String reason) {
        return new SafetensorsException(file, reason);
    }
}

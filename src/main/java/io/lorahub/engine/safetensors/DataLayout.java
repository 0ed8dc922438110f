package io.lorahub.engine.safetensors;

import static io.lorahub.engine.EngineException.quoted;

import io.lorahub.engine.safetensors.SafetensorsHeader.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tensors of a file must fill its data without gap or overlap, so that no byte hides and none is read as two. */
final class DataLayout {

    private static final Comparator<Map.Entry<String, Entry>> BY_PLACE = Comparator.comparingLong(
                    (Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end())
            .thenComparing(Map.Entry::getKey);

    private final Path file;
    private final Map<String, Entry> entries;

    DataLayout(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * @param available bytes that follow the header
     * @return the entries in the order of their data
     */
    Map<String, Entry> check(long available) {
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(BY_PLACE);
        Map<String, Entry> inOrder = new LinkedHashMap<>();
        String previous = "";
        long end = 0;
        for (var e : sorted) {
            String name = e.getKey();
            long begin = e.getValue().begin();
            if (begin < end) throw refuse("the tensors %s and %s overlap".formatted(quoted(previous), quoted(name)));
            if (begin > end) {
                throw refuse("%d bytes before the tensor %s belong to none".formatted(begin - end, quoted(name)));
            }
            end = e.getValue().end();
            if (end > available) {
                throw refuse("it is incomplete, as the tensor %s ends %d bytes after the end of the file"
                        .formatted(quoted(name), end - available));
            }
            inOrder.put(name, e.getValue());
            previous = name;
        }
        if (end < available) throw refuse("%d bytes at its end belong to no tensor".formatted(available - end));
        return inOrder;
    }

    private SafetensorsException refuse(String reason) {
        return new SafetensorsException(file, reason);
    }
}

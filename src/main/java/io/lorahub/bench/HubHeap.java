package io.lorahub.bench;

import io.lorahub.engine.EngineException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the heap of another Java process holds, as the JDK's jcmd tells. */
final class HubHeap {

    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private HubHeap() {}

    /** In bytes, after a full collection; empty where there is no jcmd. */
    static Optional<Long> live(long pid) {
        try {
            JavaProcess.run(List.of(JavaProcess.tool("jcmd"), Long.toString(pid), "GC.run"));
            String info = JavaProcess.run(List.of(JavaProcess.tool("jcmd"), Long.toString(pid), "GC.heap_info"));
            long kilobytes = 0;
            Matcher used = USED.matcher(info);
            while (used.find()) kilobytes += Long.parseLong(used.group(1));
            return Optional.of(kilobytes << 10);
        } catch (EngineException e) {
            return Optional.empty();
        }
    }
}

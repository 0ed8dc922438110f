package io.lorahub.engine.safetensors;

import java.util.Map;

/**
 * @param entries  by the tensors' names, in the order of their data
 * @param metadata the free texts under {@code __metadata__}
 * @param data     where in the file the tensors' bytes begin
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long data) {

    /**
     * @param begin of the tensor's bytes, counted from the first tensor
     * @param end   after the last of them
     */
    record Entry(TensorInfo info, long begin, long end) {}
}

package io.lorahub.doctor;

import io.lorahub.engine.safetensors.TensorInfo;
import java.util.Map;

/**
 * What a process of the checks is asked to do.
 *
 * @param folder    with the files; a converted file is added to it
 * @param base      shapes of the base model's tensors by name; null where there is none to compare with
 * @param whyNoBase what to say of the checks that need a base model where there is none
 */
record CheckRequest(String folder, Map<String, TensorInfo> base, String whyNoBase) {}

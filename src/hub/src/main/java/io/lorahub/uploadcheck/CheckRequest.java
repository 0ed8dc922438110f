package io.lorahub.uploadcheck;

import io.lorahub.engine.safetensors.TensorInfo;
import java.util.Map;

/**
 * The check of an upload's files; the answer is a {@link CheckResponse}.
 *
 * @param folder with the files; a converted file is added to it
 * @param base shapes of the base model's tensors by name; null if there is none to compare with
 * @param whyNoBase the reason given for skipping the checks that need a base model, if there is none
 */
record CheckRequest(String folder, Map<String, TensorInfo> base, String whyNoBase) implements CheckQuestion {}

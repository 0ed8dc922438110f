package io.lorahub.uploadcheck;

import io.lorahub.basemodel.BaseModelFacts;
import io.lorahub.engine.lora.config.CheckFinding;
import java.util.List;
import java.util.Map;

/**
 * The answer of a process that has checked a base model.
 *
 * @param findings why it can't be used; empty if it can
 * @param facts null if it can't be used
 * @param sha256 of the files as they were read, by name
 */
record ModelCheckResponse(List<CheckFinding> findings, BaseModelFacts facts, Map<String, String> sha256) {}

package io.lorahub.uploadcheck;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.check.BaseCopies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The answer of a checking process.
 *
 * @param facts as in {@link CheckReport#facts}
 * @param fingerprint as written by {@link FingerprintBytes}; null if the files cannot be used
 * @param converted whether pickled weights have been converted to a safetensors file in the same folder
 * @param sha256 of the files as they were read, by name
 * @param copies hashes of saved copies of base model weights, by tensor name
 */
record CheckResponse(
        JsonNode facts,
        List<CheckResult> checks,
        byte[] fingerprint,
        boolean converted,
        Map<String, String> sha256,
        SortedMap<String, BaseCopies.Hash> copies) {

    CheckReport checkup() {
        return new CheckReport(facts, checks, Optional.ofNullable(fingerprint).map(FingerprintBytes::read));
    }
}

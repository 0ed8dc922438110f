package io.lorahub.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.CheckReport;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.lorahub.engine.inspection.CheckResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process of the checks found.
 *
 * @param facts       as in {@link CheckReport#facts}
 * @param fingerprint as {@link FingerprintBytes} writes it; null where the files cannot be used
 * @param converted   whether pickled weights now lie beside the others as safetensors
 * @param sha256      of the files as they were read, by name
 * @param failure     where the checks themselves failed: why, for the log; all else is null then
 */
record CheckResponse(
        JsonNode facts,
        List<CheckResult> checks,
        byte[] fingerprint,
        boolean converted,
        Map<String, String> sha256,
        String failure) {

    static CheckResponse failed(String why) {
        return new CheckResponse(null, null, null, false, null, why);
    }

    CheckReport checkup() {
        return new CheckReport(facts, checks, Optional.ofNullable(fingerprint).map(FingerprintBytes::read));
    }
}

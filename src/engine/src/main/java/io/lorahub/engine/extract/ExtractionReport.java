package io.lorahub.engine.extract;

import java.util.List;

/**
 * What was extracted.
 *
 * @param rank    of all modules
 * @param modules the extracted modules, those that lose most first
 * @param error   ‖ΔW − B·A‖ / ‖ΔW‖ over all of them
 * @param others  names of the tensors that differ from the base model's, but are not in the adapter
 */
public record ExtractionReport(int rank, List<ModuleError> modules, double error, List<String> others) {

    /**
     * @param norm  ‖ΔW‖
     * @param error ‖ΔW − B·A‖ / ‖ΔW‖
     */
    public record ModuleError(String name, double norm, double error) {}
}

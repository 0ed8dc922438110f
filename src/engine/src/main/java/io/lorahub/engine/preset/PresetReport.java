package io.lorahub.engine.preset;

import java.util.List;

/**
 * What was written.
 *
 * @param files      names of the files in the folder
 * @param modules    number of adapted modules
 * @param ownRank    largest rank of the adapter's modules
 * @param rank       of all modules in the files
 * @param error      ‖ΔW written − ΔW‖ / ‖ΔW‖ over all modules; 0 if nothing was compressed or rounded
 * @param changes    what was done to the adapter, as sentences
 */
public record PresetReport(
        List<String> files, int modules, int ownRank, int rank, FactorType type, double error, List<String> changes) {

    public boolean lossless() {
        return error == 0;
    }
}

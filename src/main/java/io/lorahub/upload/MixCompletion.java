package io.lorahub.upload;

import io.lorahub.adapter.CheckReport;
import io.lorahub.adapter.FingerprintIndex.Similar;
import java.util.List;

/** What follows when the checks of a run's mix have ended. */
interface MixCompletion {

    /**
     * @param checkup the result of the checks
     * @param near    other weights that are similar
     */
    void end(Upload upload, CheckReport checkup, List<Similar> near);

    /** Fails a mix whose checks have been given up. */
    void giveUp(Upload upload, String why);
}

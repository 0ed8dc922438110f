package io.lorahub.upload.check;

import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.upload.Upload;
import java.util.List;

/** What follows when the checks of a mix have ended. */
public interface MixCompletion {

    /**
     * @param checkup the result of the checks
     * @param near    other weights that are similar
     */
    void end(Upload upload, CheckReport checkup, List<Similar> near);

    /** Fails a mix whose checks have been given up. */
    void giveUp(Upload upload, String why);
}

package io.lorahub.imports;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.upload.Draft;

/**
 * An adapter to fetch from another hub.
 *
 * @param from {@code owner/name}, {@code owner/name@revision} or the address of the adapter's page
 * @param hub address of the other hub, unless {@code from} is an address; the first allowed one if omitted
 * @param subfolder of the repository that holds the adapter; its top if omitted
 * @param token of the other hub, for a private adapter; sent to no other host and deleted when the files have arrived
 * @param publish whether to publish it once it has passed its checks; otherwise it ends as an upload
 * @param card values that override the README's, as for a publication; {@code publisher}, {@code name} and {@code adapter}
 *     say where to. Without a name, it becomes a new version of the adapter that an earlier import of the same folder
 *     has become
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ImportRequest(String from, String hub, String subfolder, String token, boolean publish, Draft card) {

    Draft said() {
        return card == null ? Draft.EMPTY : card;
    }
}

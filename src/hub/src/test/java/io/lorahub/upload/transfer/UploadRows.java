package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadPart;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.UUID;

/** What the database holds of an upload under way. */
final class UploadRows {

    private UploadRows() {}

    /** Whether a request sends a file of it at this moment. */
    static boolean isBeingSent(JsonNode upload) {
        return count("select count(f) from UploadFile f where f.receiver is not null and f.upload.id = ?1", upload) > 0;
    }

    /** Whether a request has the right to send a file of it, for some time. */
    static boolean isLeased(JsonNode upload) {
        return count("select count(f) from UploadFile f where f.receiverUntil > instant and f.upload.id = ?1", upload)
                > 0;
    }

    /** As if the process of the request that sends it had been silent for long. */
    static void expire(JsonNode upload) {
        lease(upload, "receiver", Instant.now().minusSeconds(60));
    }

    /** As if the process of a request that sends it had just been killed. */
    static void leaveLease(JsonNode upload) {
        lease(upload, "gen_random_uuid()", Instant.now().plusSeconds(4));
    }

    private static void lease(JsonNode upload, String receiver, Instant until) {
        QuarkusTransaction.requiringNew()
                .run(() -> Upload.getEntityManager()
                        .createNativeQuery("update upload_file set receiver = " + receiver
                                + ", receiver_until = ?1 where upload_id = ?2")
                        .setParameter(1, until)
                        .setParameter(2, id(upload))
                        .executeUpdate());
    }

    static long partsOf(JsonNode upload) {
        return count("select count(p) from UploadPart p where p.file.upload.id = ?1", upload);
    }

    /** As if a request had sent it and its process had then died. */
    static String leavePart(ObjectStore store, JsonNode upload, long start, byte[] bytes) {
        StagedFile staged = store.stage(new ByteArrayInputStream(bytes), bytes.length);
        QuarkusTransaction.requiringNew().run(() -> {
            UploadPart part = new UploadPart();
            part.file = Upload.<Upload>findById(id(upload)).file(WEIGHTS).orElseThrow();
            part.start = start;
            part.size = staged.size();
            part.objectKey = staged.key();
            part.sha256 = staged.sha256();
            part.persist();
        });
        return staged.key();
    }

    private static long count(String query, JsonNode upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.getEntityManager()
                        .createQuery(query, Long.class)
                        .setParameter(1, id(upload))
                        .getSingleResult());
    }

    private static UUID id(JsonNode upload) {
        return UUID.fromString(upload.path("id").asText());
    }
}

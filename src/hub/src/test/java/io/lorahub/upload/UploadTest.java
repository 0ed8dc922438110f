package io.lorahub.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.transaction.Transactional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadTest {

    private final Hub hub;

    UploadTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    @Transactional
    void a_stored_upload_comes_back_with_its_files_and_their_parts() {
        Person person = hub.person(Role.MEMBER);
        Upload upload = new Upload();
        upload.person = person;
        UploadFile file = new UploadFile();
        file.upload = upload;
        file.name = "adapter_model.safetensors";
        file.kind = FileKind.KEPT;
        file.size = 10;
        upload.files.add(file);
        add(file, 0, 4);
        add(file, 4, 3);
        upload.persist();

        Upload.getEntityManager().flush();
        Upload.getEntityManager().clear();
        Upload loaded = Upload.findById(upload.id);

        UploadFile again = loaded.file("adapter_model.safetensors").orElseThrow();
        assertThat(again.offset()).isEqualTo(7);
        assertThat(again.parts).extracting(part -> part.start).containsExactly(0L, 4L);
        assertThat(loaded.isWhole()).isFalse();
        assertThat(Upload.openOf(person)).containsExactly(loaded);
    }

    private static void add(UploadFile file, long start, long size) {
        UploadPart part = new UploadPart();
        part.file = file;
        part.start = start;
        part.size = size;
        part.objectKey = "staging/" + start + file.upload.id;
        part.sha256 = "0".repeat(64);
        file.parts.add(part);
    }
}

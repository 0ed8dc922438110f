package io.lorahub.huggingface.writing;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A member with an empty repository. */
abstract class RepositoryFixture {

    static final String README = "---\nlicense: mit\ntags: [spelling]\n---\n# A title\n\nPuts un before a word.\n";

    final Hub hub;

    @TempDir
    Path folder;

    Person owner;
    String token;
    RepositoryClient repository;

    RepositoryFixture(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void create() {
        owner = hub.person(Role.MEMBER);
        token = hub.token(owner, Scope.WRITE);
        repository = new RepositoryClient(token, owner.name + "/un");
        assertThat(RepositoryClient.create(token, "un").statusCode()).isEqualTo(200);
    }

    /** With weights that no other has. */
    AdapterFiles adapter() {
        return AdapterFiles.of(anAdapter().in(folder, "un")).unique().with("README.md", README);
    }
}

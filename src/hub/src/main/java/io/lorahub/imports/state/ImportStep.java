package io.lorahub.imports.state;

import io.lorahub.account.Person;
import io.lorahub.imports.source.RemoteHub;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The import as it was when it was read, outside of transactions.
 *
 * @param upload id; null before the files are known
 */
public record ImportStep(
        UUID id,
        ImportState state,
        RemoteHub.Source source,
        String revision,
        String commit,
        List<FetchedFile> files,
        Instant createdAt,
        UUID upload,
        Person person) {

    static ImportStep of(RepositoryImport entry) {
        return new ImportStep(
                entry.id,
                entry.getState(),
                new RemoteHub.Source(URI.create(entry.hub), entry.repository, entry.token),
                entry.revision,
                entry.commit,
                entry.files,
                entry.createdAt,
                entry.upload == null ? null : entry.upload.id,
                Person.findById(entry.person.id));
    }
}

package io.lorahub.imports;

import io.lorahub.account.Person;
import io.lorahub.imports.AdapterImport.FetchedFile;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.state.ImportState;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The import as it was when it was read, outside of transactions.
 *
 * @param upload id; null before the files are known
 */
record ImportStep(
        UUID id,
        ImportState state,
        RemoteHub.Source source,
        String revision,
        String commit,
        List<FetchedFile> files,
        Instant createdAt,
        UUID upload,
        Person person) {

    static ImportStep of(AdapterImport entry) {
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

package io.lorahub.upload;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What files of uploads held in the store.
 *
 * @param objects keys of parts
 * @param blobs   hashes of whole files, which others may hold as well
 */
record ReleasedFiles(List<String> objects, Set<String> blobs) {

    static ReleasedFiles of(Collection<UploadFile> files) {
        return new ReleasedFiles(
                files.stream()
                        .flatMap(file -> file.parts.stream())
                        .map(part -> part.objectKey)
                        .toList(),
                files.stream()
                        .map(file -> file.sha256)
                        .filter(sha256 -> sha256 != null)
                        .collect(Collectors.toSet()));
    }
}

package io.lorahub.upload.page;

import io.lorahub.upload.Draft;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import java.time.Instant;
import java.util.List;

/**
 * An upload in a list.
 *
 * @param here number of bytes received
 * @param size total number of bytes, received or not
 */
public record UploadRow(
        String path,
        String title,
        UploadState state,
        String files,
        long here,
        long size,
        String target,
        Instant changed) {

    static List<UploadRow> of(List<Upload> uploads) {
        return uploads.stream().map(UploadRow::of).toList();
    }

    private static UploadRow of(Upload upload) {
        List<UploadFile> files = upload.files.stream()
                .filter(file -> file.kind != FileKind.IGNORED)
                .toList();
        String typed = Draft.read(upload.card).title();
        return new UploadRow(
                "/uploads/" + upload.id,
                typed != null && !typed.isBlank()
                        ? typed
                        : upload.folder.isEmpty() ? "Files without a folder" : upload.folder,
                upload.getState(),
                String.join(", ", files.stream().map(file -> file.name).toList()),
                files.stream().mapToLong(UploadFile::offset).sum(),
                files.stream().mapToLong(file -> file.size).sum(),
                upload.adapter == null ? "" : upload.adapter.address(),
                upload.updatedAt);
    }
}

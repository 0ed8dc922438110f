package io.lorahub.upload;

import java.util.List;

/** Uploads in the API. */
public record UploadList(List<UploadView> uploads) {

    static UploadList of(List<Upload> uploads) {
        return new UploadList(uploads.stream().map(UploadView::of).toList());
    }
}

package io.lorahub.upload;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** A form with files, which {@link FormUploadFilter} looks at before it is read. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@interface FileForm {}

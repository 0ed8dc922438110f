package io.lorahub.upload.transfer;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Marks a form with files, which {@link FormUploadFilter} checks before the body is read. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
public @interface FileForm {}

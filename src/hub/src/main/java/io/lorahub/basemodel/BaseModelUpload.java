package io.lorahub.basemodel;

import io.lorahub.storage.directory.TempFolders;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Registers base models from files that a browser sends. */
@ApplicationScoped
public class BaseModelUpload {

    private final BaseModelRegistrations registrations;

    BaseModelUpload(BaseModelRegistrations registrations) {
        this.registrations = registrations;
    }

    /** @throws ProblemException with every reason why the files cannot be taken as a model */
    public BaseModelRegistration register(String name, String summary, String licence, List<FileUpload> files) {
        Path folder = null;
        try {
            folder = TempFolders.folder("base");
            List<String> sent = new ArrayList<>();
            for (FileUpload file : files) {
                String base = file.fileName().replaceFirst("^.*[/\\\\]", "");
                sent.add(base);
                if (BaseModels.needs(base)) Files.move(file.uploadedFile(), folder.resolve(base));
            }
            BaseModelRegistrations.namesFault(sent).ifPresent(fault -> {
                throw ProblemException.invalid("files", fault);
            });
            return register(name, summary, licence, folder);
        } catch (FileAlreadyExistsException e) {
            throw ProblemException.invalid("files", "Two of the files have the same name.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
        }
    }

    /** The folder is none that the client that sent the files knows. */
    private BaseModelRegistration register(String name, String summary, String licence, Path folder) {
        try {
            return registrations.register(name, summary, licence, folder.toString());
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            throw ProblemException.invalid(e.causes().stream()
                    .map(cause -> cause.field().equals("folder") ? new FieldError("files", cause.message()) : cause)
                    .toList());
        }
    }
}

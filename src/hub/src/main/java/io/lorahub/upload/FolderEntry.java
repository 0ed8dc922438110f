package io.lorahub.upload;

import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files of one adapter within an upload request.
 *
 * @param name of the folder; empty for none
 */
public record FolderEntry(String name, List<FileEntry> files) {

    public static final FieldError NO_ADAPTER = new FieldError(
            "files",
            "None of these files is an adapter's: send adapter_config.json with adapter_model.safetensors"
                    + " (or adapter_model.bin), or a zip of them.");

    private static final String ZIP = ".zip";

    /**
     * Groups files by folder. Each folder with an adapter's file is one adapter, and each zip is one; all other files
     * are left out.
     *
     * @throws ProblemException if there is no adapter's file at all, or one occurs twice
     */
    public static List<FolderEntry> of(List<FileEntry> files) {
        Map<String, List<FileEntry>> byFolder = new LinkedHashMap<>();
        List<FolderEntry> folders = new ArrayList<>();
        for (FileEntry file : files) {
            if (file.name().kind() == FileKind.ARCHIVE) {
                folders.add(new FolderEntry(withoutZip(file.name().name()), List.of(file)));
            } else {
                byFolder.computeIfAbsent(file.name().folder(), folder -> new ArrayList<>())
                        .add(file);
            }
        }
        byFolder.forEach((folder, inside) -> {
            if (inside.stream().anyMatch(file -> file.name().marksAdapter())) folders.add(adapter(folder, inside));
        });
        if (folders.isEmpty()) throw ProblemException.invalid(List.of(NO_ADAPTER));
        return folders;
    }

    /** Files for an existing adapter, for which a README alone is sufficient. */
    public static FolderEntry more(List<FileEntry> files) {
        boolean single = files.stream()
                .noneMatch(file -> file.name().marksAdapter() || file.name().kind() == FileKind.ARCHIVE);
        List<FolderEntry> folders =
                single && files.stream().anyMatch(file -> file.name().kind() == FileKind.KEPT)
                        ? List.of(adapter("", files))
                        : of(files);
        if (folders.size() > 1) {
            throw ProblemException.invalid(
                    "files", "These are %d adapters; send the files of one.".formatted(folders.size()));
        }
        return folders.get(0);
    }

    private static FolderEntry adapter(String folder, List<FileEntry> files) {
        Set<String> names = new HashSet<>();
        for (FileEntry file : files) {
            if (!names.add(file.name().name())) {
                throw ProblemException.invalid(
                        "files",
                        "Two files are called %s%s; send one of them."
                                .formatted(folder, file.name().name()));
            }
        }
        boolean safetensors = files.stream().anyMatch(file -> file.name().isFirstChoice());
        List<FileEntry> relevant = files.stream()
                .map(file -> safetensors && file.name().isSecondChoice() || isEndlessText(file) ? ignored(file) : file)
                .toList();
        return new FolderEntry(lastWord(folder), relevant);
    }

    /**
     * Whether a text file is too large. It is then ignored rather than refused, because the card can be written by hand
     * and a recipe is optional.
     */
    private static boolean isEndlessText(FileEntry file) {
        return file.name().isText() && file.size() > UploadLimits.TEXT_BYTES;
    }

    private static FileEntry ignored(FileEntry file) {
        FilePath name = new FilePath(file.name().folder(), file.name().name(), FileKind.IGNORED);
        return new FileEntry(name, file.size(), file.number());
    }

    private static String lastWord(String folder) {
        if (folder.isEmpty()) return "";
        String path = folder.substring(0, folder.length() - 1);
        String word = path.substring(path.lastIndexOf('/') + 1);
        return word.length() <= 255 ? word : word.substring(0, 255);
    }

    private static String withoutZip(String name) {
        return name.substring(0, name.length() - ZIP.length());
    }

    /** Total size of the files to be sent, in bytes. */
    public long size() {
        return files.stream()
                .filter(file -> file.name().kind() != FileKind.IGNORED)
                .mapToLong(FileEntry::size)
                .sum();
    }
}

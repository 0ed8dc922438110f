package io.lorahub.adapter.repository;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/** All files of a commit, by path. */
public record Tree(SortedMap<String, TreeFile> files) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static final Tree EMPTY = of(List.of());

    public Tree {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    public static Tree of(Collection<TreeFile> files) {
        return new Tree(files.stream()
                .collect(Collectors.toMap(TreeFile::path, file -> file, (first, second) -> second, TreeMap::new)));
    }

    /** @param json as written by {@link #json} */
    public static Tree read(JsonNode json) {
        return of(JSON.convertValue(json, new TypeReference<List<TreeFile>>() {}));
    }

    public JsonNode json() {
        return JSON.valueToTree(files.values());
    }

    public Optional<TreeFile> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    public Tree with(TreeFile file) {
        SortedMap<String, TreeFile> more = new TreeMap<>(files);
        more.put(file.path(), file);
        return new Tree(more);
    }

    /** The files below a folder, by their whole paths; the root is the empty path. */
    public List<TreeFile> below(String folder) {
        String prefix = prefix(folder);
        return files.values().stream()
                .filter(file -> file.path().startsWith(prefix))
                .toList();
    }

    /** The folders below a folder, by their whole paths, in order. */
    public List<String> folders(String folder) {
        TreeSet<String> folders = new TreeSet<>();
        String prefix = prefix(folder);
        for (TreeFile file : below(folder)) {
            for (int slash = file.path().indexOf('/', prefix.length());
                    slash >= 0;
                    slash = file.path().indexOf('/', slash + 1)) {
                folders.add(file.path().substring(0, slash));
            }
        }
        return new ArrayList<>(folders);
    }

    /** Those of them that lie in it directly. */
    public List<String> foldersIn(String folder) {
        String prefix = prefix(folder);
        return below(folder).stream()
                .map(TreeFile::path)
                .filter(path -> path.indexOf('/', prefix.length()) >= 0)
                .map(path -> path.substring(0, path.indexOf('/', prefix.length())))
                .distinct()
                .toList();
    }

    public boolean isFolder(String path) {
        return path.isEmpty() || !below(path).isEmpty();
    }

    /** Id of a folder: equal folders have equal ids, and different ones different ids, as in Git. */
    public String folderOid(String folder) {
        String prefix = prefix(folder);
        return DigestUtils.sha1Hex(below(folder).stream()
                .map(file -> file.path().substring(prefix.length()) + "\0" + file.oid() + "\n")
                .collect(Collectors.joining()));
    }

    /** Total size in bytes. */
    public long size() {
        return files.values().stream().mapToLong(TreeFile::size).sum();
    }

    /** Of all paths together. */
    public int characters() {
        return files.keySet().stream().mapToInt(String::length).sum();
    }

    private static String prefix(String folder) {
        return folder.isEmpty() ? "" : folder + "/";
    }
}

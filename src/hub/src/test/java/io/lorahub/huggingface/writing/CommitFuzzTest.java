package io.lorahub.huggingface.writing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Commits, and the files of a repository that the hub reads itself. */
class CommitFuzzTest {

    private static final long MOST_BYTES = 1 << 20;

    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    @TempDir
    Path folder;

    private DirectoryStore store;

    @BeforeEach
    void open() {
        store = new DirectoryStore(folder);
    }

    @AfterEach
    void close() {
        executor.shutdown();
    }

    static Stream<byte[]> commits() {
        return ForeignBytes.seeds("""
            {"key": "header", "value": {"summary": "s", "description": "d", "parentCommit": "00"}}
            {"key": "file", "value": {"content": "aGVsbG8=", "path": "README.md", "encoding": "base64"}}
            {"key": "lfsFile", "value": {"path": "adapter_model.safetensors", "algo": "sha256", "oid": "01", "size": 5}}
            {"key": "deletedFile", "value": {"path": "a/b.txt"}}
            {"key": "deletedFolder", "value": {"path": "notes/"}}
            """, "{\"key\": \"file\", \"value\": {\"content\": \"!!!!\", \"path\": \"a.txt\"}}");
    }

    /** A commit that is refused leaves nothing in the store. */
    @MethodSource("commits")
    @FuzzTest
    void any_commit(byte[] body) throws Exception {
        ForeignBytes.read(
                32,
                () -> new CommitReader(store, executor, RequestBudget.NONE, MOST_BYTES)
                        .read(new ByteArrayInputStream(body))
                        .staged()
                        .forEach(staged -> store.delete(staged.key())),
                ProblemException.class);
        try (var left = store.list("")) {
            if (left.findAny().isPresent()) throw new AssertionError("A file is left in the store.");
        }
    }

    static Stream<byte[]> lists() {
        return ForeignBytes.seeds(
                "*.tmp\n!keep.tmp\n/build/\na/**/b\n**\na/x/b",
                "*.bin filter=lfs diff=lfs merge=lfs -text\n*.txt !filter\nsome/file.bin");
    }

    /** Files .gitignore and .gitattributes, with a path as the last line. */
    @MethodSource("lists")
    @FuzzTest
    void any_list_of_paths(byte[] bytes) throws Exception {
        String text = ForeignBytes.text(bytes);
        String path = text.substring(text.lastIndexOf('\n') + 1);
        ForeignBytes.read(
                64,
                () -> {
                    new IgnoredFiles(text).contains(path);
                    new LfsAttributes(text).contains(path);
                    List<String> words = List.of(RepositoryPath.of(path).split("/", -1));
                    if (words.contains("..") || words.contains(".") || words.contains(""))
                        throw new AssertionError(path);
                },
                ProblemException.class);
    }
}

package io.lorahub.upload;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import io.lorahub.web.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of files as browsers, programs and zips give them. */
class UploadNamesFuzzTest {

    static Stream<byte[]> names() {
        return ForeignBytes.seeds(
                "adapter/adapter_config.json\nadapter/ADAPTER_MODEL.safetensors\nadapter/README.md",
                "../adapter_config.json",
                "one.zip\nC:\\adapter_model.bin\na//b/./adapter_config.json");
    }

    /** A name that is taken leads to no place outside of the folder. */
    @MethodSource("names")
    @FuzzTest
    void any_names(byte[] bytes) throws Exception {
        ForeignBytes.read(
                32,
                () -> {
                    List<FileEntry> files = new ArrayList<>();
                    for (String line : ForeignBytes.text(bytes).split("\n", -1)) {
                        FilePath name = FilePath.of(line);
                        List<String> words = List.of((name.folder() + name.name()).split("/", -1));
                        if (words.contains("..") || words.contains(".") || words.contains("")) {
                            throw new AssertionError(line);
                        }
                        files.add(new FileEntry(name, 1, files.size()));
                    }
                    FolderEntry.of(files);
                },
                ProblemException.class);
    }
}

package io.lorahub.engine.checkpoint;

import io.lorahub.engine.safetensors.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a file is by its first bytes, to say more than that it is not a zip. */
final class Signature {

    private static final String ZIP = "PK\3\4";
    private static final String PICKLE = "\u0080";
    private static final int LONGEST = 16;

    private Signature() {}

    static void refuseOtherThanZip(MappedFile file) throws IOException, MalformedException {
        String head = head(file);
        if (head.startsWith(ZIP)) return;
        if (head.startsWith(PICKLE)) {
            throw new MalformedException(
                    "it is written in PyTorch's format of before version 1.6, or is a bare pickle; load"
                            + " it in Python and save its tensors as safetensors");
        }
        if (head.startsWith("version https://")) {
            throw new MalformedException("it is a Git LFS pointer; fetch the file itself with `git lfs pull`");
        }
        if (head.length() > 8 && head.charAt(8) == '{') {
            throw new MalformedException("it is a safetensors file; name it .safetensors");
        }
        if (head.startsWith("<")) throw new MalformedException("it is a web page; download the file itself");
        throw new MalformedException("it is not a PyTorch checkpoint, which is a zip file");
    }

    private static String head(MappedFile file) throws IOException {
        ByteBuffer bytes = file.slice(0, (int) Math.min(file.size(), LONGEST), 1);
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}

package io.lorahub.bench.dist;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistPlatformTest {

    @ParameterizedTest
    @CsvSource({
        "native/lib/linux-x86_64/cpu/libtokenizers.so, x86",
        "native/lib/linux-aarch64/cpu/libtokenizers.so, arm",
        "native/lib/osx-aarch64/cpu/libtokenizers.dylib, ",
        "native/lib/win-x86_64/cpu/tokenizers.dll, ",
        "pytorch/cpu/linux-x86_64/libgomp-98b21ff3.so.1, x86",
        "jnilib/linux-x86_64/cpu/libdjl_torch.so, x86",
        "jnilib/linux-x86_64/cu128/libdjl_torch.so, ",
        "com/sun/jna/linux-x86-64/libjnidispatch.so, x86",
        "com/sun/jna/linux-x86/libjnidispatch.so, ",
        "com/sun/jna/linux-arm/libjnidispatch.so, ",
        "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so, x86",
        "org/xerial/snappy/native/Linux/x86_64-musl/libsnappyjava.so, ",
        "org/xerial/snappy/native/Linux/android-aarch64/libsnappyjava.so, ",
        "org/jline/nativ/Linux/arm64/libjlinenative.so, arm",
        "postgres-linux-x86_64.txz, x86",
        "postgres-linux-arm_64.txz, arm",
        "postgres-darwin-arm_64.txz, ",
        "META-INF/MANIFEST.MF, x86 arm",
        "io/lorahub/cli/Main.class, x86 arm"
    })
    void a_native_library_is_for_one_machine(String entry, String machines) {
        String all = String.valueOf(machines);
        assertThat(DistPlatform.LINUX_X86_64.isForeign(entry)).isNotEqualTo(all.contains("x86"));
        assertThat(DistPlatform.LINUX_ARM64.isForeign(entry)).isNotEqualTo(all.contains("arm"));
    }
}

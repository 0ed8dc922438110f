package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePickleTest {

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "posix, system",
        "builtins, eval",
        "__builtin__, exec",
        "subprocess, Popen",
        "torch, load",
        "torch._utils, _rebuild_qtensor",
        "torch.storage, _load_from_bytes",
        "collections, OrderedDict.__reduce__"
    })
    void functions_that_no_state_dict_calls_are_refused_by_name(String module, String name) {
        PickleBytes pickle = PickleBytes.protocol2()
                .global(module, name)
                .raw('(')
                .text("rm -rf /")
                .raw("tR.");
        assertRefused(
                pickle,
                "the checkpoint wants to call `%s.%s`, which a plain state dict never does".formatted(module, name));
    }

    @Test
    void types_of_numbers_that_cannot_be_read() {
        assertRefused(
                PickleBytes.protocol2().global("torch", "ComplexFloatStorage"),
                "it has numbers of the type `torch.ComplexFloatStorage`, which cannot be read");
    }

    @Test
    void naming_is_enough_to_be_refused() {
        assertRefused(
                PickleBytes.protocol2().raw('}', 'q', 0).global("os", "system").raw("0."), "`os.system`");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {
                "POP",
                "POP_MARK",
                "DUP",
                "FLOAT",
                "INT",
                "LONG",
                "PERSID",
                "STRING",
                "BINSTRING",
                "SHORT_BINSTRING",
                "UNICODE",
                "DICT",
                "GET",
                "INST",
                "LIST",
                "OBJ",
                "PUT",
                "BINFLOAT",
                "NEWOBJ",
                "EXT1",
                "EXT2",
                "EXT4",
                "LONG4",
                "BINBYTES",
                "SHORT_BINBYTES",
                "SHORT_BINUNICODE",
                "BINUNICODE8",
                "BINBYTES8",
                "EMPTY_SET",
                "ADDITEMS",
                "FROZENSET",
                "NEWOBJ_EX",
                "STACK_GLOBAL",
                "MEMOIZE",
                "FRAME",
                "BYTEARRAY8",
                "NEXT_BUFFER",
                "READONLY_BUFFER"
            })
    void instructions_that_no_state_dict_uses_are_refused_by_name(Opcode opcode) {
        int code = code(opcode);
        assertRefused(
                PickleBytes.protocol2().raw("(}}").raw(code).raw("cos\nsystem\n."),
                "its pickle uses the instruction %s, which a plain state dict never does".formatted(opcode));
    }

    private static int code(Opcode opcode) {
        for (int code = 0; code < 256; code++) {
            try {
                if (Opcode.of((byte) code) == opcode) return code;
            } catch (MalformedException e) {
                continue;
            }
        }
        throw new AssertionError(opcode + " has no code");
    }

    @Test
    void bytes_that_are_no_instruction() {
        assertRefused(PickleBytes.protocol2().raw(0xff), "0xff isn't an opcode");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 255})
    void other_protocols(int protocol) {
        assertRefused(
                new PickleBytes().raw(0x80, protocol).raw("}."), "it uses pickle protocol %d".formatted(protocol));
    }

    @ParameterizedTest
    @CsvSource({
        "R., takes a value from an empty stack",
        "}(., takes a value from an empty stack",
        "}(R., takes a value from an empty stack",
        "t., closes a group that it never opened",
        "N(s., takes a value from an empty stack",
        "NNNs., sets an item of None",
        "}(Nu., has a key without a value",
        "N(Ne., appends to None",
        "]}a}b., sets attributes of a list",
        "}Nb., sets attributes of a dictionary",
        "})R., calls a dictionary with a tuple",
        "}NR., calls a dictionary with None",
        "NQ., something that isn't a torch.save storage",
        ")Q., something that isn't a torch.save storage",
        "h\u0007., gets a value that isn't in the memo",
        "q\u0007., takes a value from an empty stack",
    })
    void programs_that_make_no_sense(String program, String reason) {
        assertRefused(PickleBytes.protocol2().raw(program), reason);
    }

    @ParameterizedTest
    @CsvSource({
        "'collections', 'OrderedDict', '}\u0085', fills an OrderedDict in a way",
        "'torch._utils', '_rebuild_parameter', ')', makes a parameter from something that isn't a tensor",
        "'torch._utils', '_rebuild_tensor_v2', ')', makes a tensor from something other",
        "'torch._utils', '_rebuild_tensor_v2', '(NNNNt', makes a tensor from something other",
        "'torch', 'FloatStorage', ')', calls a class or a function with a tuple"
    })
    void known_functions_with_other_arguments(String module, String name, String arguments, String reason) {
        assertRefused(
                PickleBytes.protocol2().global(module, name).raw(arguments).raw("R."), reason);
    }

    @Test
    void a_list_that_holds_itself_is_only_a_list() throws MalformedException {
        Pickled list = read(
                PickleBytes.protocol2().raw("]q").raw(0).raw('h', 0).raw("a.").bytes());
        assertThat(list.kind()).isEqualTo("a list");
    }

    @Test
    void a_dictionary_that_holds_itself_is_only_a_dictionary() throws MalformedException {
        Pickled dict = read(PickleBytes.protocol2()
                .raw('}', 'q', 0)
                .text("me")
                .raw('h', 0)
                .raw("s.")
                .bytes());
        assertThat(dict.kind()).isEqualTo("a dictionary");
    }

    /** Each tuple holds the one before it ten times: written out it would have 10¹⁰⁰ items. */
    @Test
    void a_bomb_of_memorised_tuples_stays_small() throws MalformedException {
        PickleBytes pickle = PickleBytes.protocol2().raw(')', 'q', 0);
        for (int i = 0; i < 100; i++) {
            pickle.raw('(');
            for (int j = 0; j < 10; j++) pickle.raw('h', 0);
            pickle.raw('t', 'q', 0);
        }
        assertThat(read(pickle.raw('.').bytes()).kind()).isEqualTo("a tuple");
    }

    @Test
    void tuples_nested_deeply_do_not_overflow_the_stack() throws MalformedException {
        PickleBytes pickle = PickleBytes.protocol2().raw(')');
        for (int i = 0; i < 1_000_000; i++) pickle.raw(0x85);
        assertThat(read(pickle.raw('.').bytes()).kind()).isEqualTo("a tuple");
    }

    @ParameterizedTest
    @CsvSource({"N, puts more than 100000 values on the stack", "(, puts more than 100000 values on the stack"})
    void a_stack_without_end(String instruction, String reason) {
        assertRefused(PickleBytes.protocol2().raw(instruction.repeat(100_001)), reason);
    }

    @Test
    void a_program_without_end() {
        byte[] pickle = new byte[2_000_005];
        Arrays.fill(pickle, (byte) 0x85);
        pickle[0] = ')';
        assertRefused(pickle, "its pickle has more than 2000000 instructions");
    }

    @Test
    void a_memo_without_end() {
        byte[] pickle = new byte[1 + 5 * 500_001];
        ByteBuffer program = ByteBuffer.wrap(pickle).put((byte) ')').order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i <= 500_000; i++) program.put((byte) 'r').putInt(-i);
        assertRefused(pickle, "its pickle puts more than 500000 values in the memo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X\u00ff\u00ff\u00ff\u00ff",
                "X\u00ff\u00ff\u00ff\u007f",
                "X\5\0\0\0abcd",
                "\u008a\4\0",
                "J\0\0\0",
                "cos",
                ""
            })
    void counts_beyond_the_end(String program) {
        assertRefused(PickleBytes.protocol2().raw(program), "its pickle ends too early");
    }

    @Test
    void numbers_and_names_of_any_length() {
        assertRefused(PickleBytes.protocol2().raw(0x8a, 255), "its pickle has a number of 255 bytes");
        assertRefused(
                PickleBytes.protocol2().raw("c" + "x".repeat(2000)), "its pickle has a name of more than 1000 bytes");
        assertRefused(PickleBytes.protocol2().raw("X\1\0\0\0\u00ff."), "a string that isn't UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1:7f:127", "1, 1:80:-128", "2, 2:ff:00:255", "3, 3:00:00:80:-8388608"})
    void long_numbers_of_counted_bytes(int count, String bytesAndValue) throws MalformedException {
        String[] parts = bytesAndValue.split(":");
        PickleBytes pickle = PickleBytes.protocol2().raw(0x8a, count);
        for (int i = 1; i <= count; i++) pickle.raw(Integer.parseInt(parts[i], 16));
        long value = Long.parseLong(parts[parts.length - 1]);
        assertThat(read(pickle.raw('.').bytes())).isEqualTo(new Pickled.Number(value));
    }

    private static Pickled read(byte[] pickle) throws MalformedException {
        return new PickleReader(ByteBuffer.wrap(pickle)).read();
    }

    private static void assertRefused(PickleBytes pickle, String reason) {
        assertRefused(pickle.bytes(), reason);
    }

    private static void assertRefused(byte[] pickle, String reason) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> read(pickle))
                .withMessageContaining(reason);
    }
}

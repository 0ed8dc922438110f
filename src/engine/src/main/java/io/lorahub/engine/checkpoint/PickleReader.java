package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import io.lorahub.engine.checkpoint.Pickled.Bool;
import io.lorahub.engine.checkpoint.Pickled.Dict;
import io.lorahub.engine.checkpoint.Pickled.ListValue;
import io.lorahub.engine.checkpoint.Pickled.None;
import io.lorahub.engine.checkpoint.Pickled.Number;
import io.lorahub.engine.checkpoint.Pickled.Storage;
import io.lorahub.engine.checkpoint.Pickled.StorageType;
import io.lorahub.engine.checkpoint.Pickled.Text;
import io.lorahub.engine.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a tensor state dict and nothing else. A pickle is a program for a small stack machine. This
 * reader supports the instructions that {@code torch.save} writes with protocol 2, calls only functions in
 * {@link KnownGlobal}, and rejects all other instructions and names. Each instruction allocates a bounded amount, and
 * the number of instructions is bounded.
 */
final class PickleReader {

    private static final int MAX_OPCODES = 2_000_000;
    private static final int MAX_STACK = 100_000;
    private static final int MAX_MEMO = 500_000;

    private final PickleInput in;
    private final List<Pickled> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Pickled> memo = new HashMap<>();

    PickleReader(ByteBuffer pickle) {
        in = new PickleInput(pickle);
    }

    /** Returns the value that the pickle leaves on top of its stack. */
    Pickled read() throws MalformedException {
        for (int i = 0; i < MAX_OPCODES; i++) {
            Opcode opcode = in.opcode();
            if (opcode == Opcode.STOP) return pop();
            run(opcode);
            if (stack.size() + marks.size() > MAX_STACK) {
                throw new MalformedException("its pickle puts more than %d values on the stack".formatted(MAX_STACK));
            }
        }
        throw new MalformedException("its pickle has more than %d instructions".formatted(MAX_OPCODES));
    }

    private void run(Opcode opcode) throws MalformedException {
        switch (opcode) {
            case PROTO -> checkProtocol(in.unsignedByte());
            case NONE -> stack.add(new None());
            case NEWTRUE -> stack.add(new Bool(true));
            case NEWFALSE -> stack.add(new Bool(false));
            case BININT -> stack.add(new Number(in.signedInt()));
            case BININT1 -> stack.add(new Number(in.unsignedByte()));
            case BININT2 -> stack.add(new Number(in.unsignedShort()));
            case LONG1 -> stack.add(new Number(in.longOfCountedBytes()));
            case BINUNICODE -> stack.add(new Text(in.text()));
            case EMPTY_TUPLE -> stack.add(new Tuple(List.of()));
            case TUPLE1 -> stack.add(new Tuple(popLast(1)));
            case TUPLE2 -> stack.add(new Tuple(popLast(2)));
            case TUPLE3 -> stack.add(new Tuple(popLast(3)));
            case TUPLE -> stack.add(new Tuple(popToMark()));
            case MARK -> marks.add(stack.size());
            case EMPTY_LIST -> stack.add(new ListValue(new ArrayList<>(0)));
            case APPEND -> append(popLast(1));
            case APPENDS -> append(popToMark());
            case EMPTY_DICT -> stack.add(new Dict(new LinkedHashMap<>()));
            case SETITEM -> setItems(popLast(2));
            case SETITEMS -> setItems(popToMark());
            case BINPUT -> memorise(in.unsignedByte());
            case LONG_BINPUT -> memorise(in.unsignedInt());
            case BINGET -> recall(in.unsignedByte());
            case LONG_BINGET -> recall(in.unsignedInt());
            case GLOBAL -> stack.add(KnownGlobal.named(in.line(), in.line()));
            case REDUCE -> reduce(popLast(2));
            case BINPERSID -> stack.add(storage(pop()));
            case BUILD -> build(popLast(1).get(0));
            default -> throw new ForeignCallException("its pickle uses the instruction " + opcode);
        }
    }

    private static void checkProtocol(int protocol) throws MalformedException {
        if (protocol != 2) {
            throw new MalformedException(
                    "it uses pickle protocol %d, but torch.save uses 2; save it again without".formatted(protocol)
                            + " pickle_protocol, or as safetensors");
        }
    }

    private void append(List<Pickled> values) throws MalformedException {
        if (!(top() instanceof ListValue list)) throw new MalformedException("its pickle appends to " + top().kind());
        list.items().addAll(values);
    }

    private void setItems(List<Pickled> keysAndValues) throws MalformedException {
        if (!(top() instanceof Dict dict)) throw new MalformedException("its pickle sets an item of " + top().kind());
        if (keysAndValues.size() % 2 != 0) throw new MalformedException("its pickle has a key without a value");
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            if (!(keysAndValues.get(i) instanceof Text key)) {
                throw new MalformedException(
                        "it has a dictionary with the key %s, which isn't a name; save only the state dict"
                                .formatted(keysAndValues.get(i).kind()));
            }
            if (dict.items().put(key.value(), keysAndValues.get(i + 1)) != null) {
                throw new MalformedException("it names %s twice".formatted(quoted(key.value())));
            }
        }
    }

    private void memorise(long key) throws MalformedException {
        memo.put(key, top());
        if (memo.size() > MAX_MEMO) {
            throw new MalformedException("its pickle puts more than %d values in the memo".formatted(MAX_MEMO));
        }
    }

    private void recall(long key) throws MalformedException {
        Pickled value = memo.get(key);
        if (value == null) throw new MalformedException("its pickle gets a value that isn't in the memo");
        stack.add(value);
    }

    private void reduce(List<Pickled> functionAndArguments) throws MalformedException {
        stack.add(KnownGlobal.call(functionAndArguments.get(0), functionAndArguments.get(1)));
    }

    /**
     * Handles the attributes of an OrderedDict. A module's state dict stores {@code _metadata} there, which tensors do
     * not need.
     */
    private void build(Pickled state) throws MalformedException {
        if (!(top() instanceof Dict) || !(state instanceof Dict)) {
            throw new MalformedException("its pickle sets attributes of %s".formatted(top().kind()));
        }
    }

    /**
     * Reads ("storage", type, key, device, number of elements). The device is ignored because everything is loaded into
     * memory.
     */
    private static Storage storage(Pickled id) throws MalformedException {
        if (id instanceof Tuple tuple
                && tuple.items().size() == 5
                && tuple.items().get(0) instanceof Text kind
                && kind.value().equals("storage")
                && tuple.items().get(1) instanceof StorageType type
                && tuple.items().get(2) instanceof Text key
                && tuple.items().get(4) instanceof Number elements
                && elements.value() >= 0) {
            return new Storage(type.dtype(), key.value(), elements.value());
        }
        throw new MalformedException("its pickle refers to something that isn't a torch.save storage");
    }

    private Pickled top() throws MalformedException {
        if (stack.size() <= bottom()) throw new MalformedException("its pickle takes a value from an empty stack");
        return stack.get(stack.size() - 1);
    }

    private Pickled pop() throws MalformedException {
        return popLast(1).get(0);
    }

    private List<Pickled> popLast(int count) throws MalformedException {
        if (stack.size() - bottom() < count)
            throw new MalformedException("its pickle takes a value from an empty stack");
        return cut(stack.size() - count);
    }

    private List<Pickled> popToMark() throws MalformedException {
        if (marks.isEmpty()) throw new MalformedException("its pickle closes a group that it never opened");
        return cut(marks.remove(marks.size() - 1));
    }

    private List<Pickled> cut(int from) {
        List<Pickled> tail = stack.subList(from, stack.size());
        List<Pickled> values = List.copyOf(tail);
        tail.clear();
        return values;
    }

    /** The lowest position that can be popped: the last mark. */
    private int bottom() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }
}

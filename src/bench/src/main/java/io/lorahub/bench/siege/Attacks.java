package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.hub.XetShard;
import io.lorahub.bench.report.BenchOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.io.file.PathUtils;

/** The attacks that once stopped a hub, or kept its owner or its other members out. */
final class Attacks {

    private static final String HERE = "127.0.0.1";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String BYTES = "application/octet-stream";
    private static final String OWNER = "rightful";
    private static final String PASSWORD = "correct horse battery";
    private static final int FORBIDDEN = 403;
    private static final int ENTRY = 48;
    private static final String XORB = "0".repeat(63) + "1";

    private Attacks() {}

    record Described(String name, int clients, Preparation preparation) implements Attack {
        @Override
        public Prepared prepare(Target hub) throws IOException {
            try {
                return preparation.prepare(hub);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("The attack was interrupted.", e);
            }
        }
    }

    @FunctionalInterface
    interface Preparation {
        Attack.Prepared prepare(Target hub) throws IOException, InterruptedException;
    }

    static List<Attack> all() {
        return List.of(
                new Described("commits with long texts", 30, Attacks::longTexts),
                new Described("shards that stay open", 40, Attacks::openShards),
                new Described("shards that compute", 40, Attacks::computingShards),
                new Described("slow files", 200, Attacks::slowFiles),
                new Described("sign-ins", 200, Attacks::signIns),
                new Described("JSON of many values", 60, Attacks::manyValues),
                new Described("YAML", 30, Attacks::yaml),
                new Described("slow imports", 20, Attacks::slowImports),
                new Described("chat templates", 30, Attacks::chatTemplates),
                new Described("wrong passwords", 42, Attacks::wrongPasswords),
                new Described("taken-down files", 20, Attacks::takenDownFiles));
    }

    /** A commit whose summary is as long as a JSON parser takes, and then nothing more. */
    private static Attack.Prepared longTexts(Target hub) throws IOException, InterruptedException {
        String token = hub.member("commits");
        hub.createRepository(token, "texts");
        byte[] body = ("{\"key\": \"header\", \"value\": {\"summary\": \"" + "x".repeat(19_900_000))
                .getBytes(StandardCharsets.US_ASCII);
        return Attack.Prepared.of(number -> {
            try (Socket socket = hub.begin(
                    HERE, "POST", "/api/models/commits/texts/commit/main", token, "application/x-ndjson", 40_000_000)) {
                Target.write(socket, body);
                Target.status(socket);
            }
        });
    }

    /** A shard with as many entries as there can be, without its end. */
    private static Attack.Prepared openShards(Target hub) throws IOException, InterruptedException {
        String token = hub.member("shards");
        hub.createRepository(token, "open");
        String path = hub.openXet(token, "shards/open") + "/shards";
        byte[] shard = shard(1, 199_000);
        return Attack.Prepared.of(number -> {
            try (Socket socket = hub.begin(HERE, "POST", path, token, BYTES, shard.length)) {
                Target.write(socket, Arrays.copyOf(shard, shard.length - 10 * ENTRY));
                Target.status(socket);
            }
        });
    }

    /** Many files, each of which skips through a xorb of the smallest chunks; the client leaves after a second. */
    private static Attack.Prepared computingShards(Target hub) throws IOException, InterruptedException {
        String token = hub.member("chunks");
        hub.createRepository(token, "chunks");
        String path = hub.openXet(token, "chunks/chunks");
        int chunks = 4_000_000;
        ByteBuffer xorb = ByteBuffer.allocate(17 * chunks).order(ByteOrder.LITTLE_ENDIAN);
        while (xorb.hasRemaining()) {
            xorb.putInt(9 << 8).putInt(9 << 8).put(new byte[9]);
        }
        hub.send(HERE, "POST", path + "/xorbs/default/" + XORB, token, BYTES, xorb.array());
        byte[] shard = shard(1500, 1);
        return Attack.Prepared.of(number -> {
            try (Socket socket = hub.begin(HERE, "POST", path + "/shards", token, BYTES, shard.length)) {
                Target.write(socket, shard);
                Thread.sleep(1000);
            }
        });
    }

    /** Files that arrive just fast enough; each holds a thread. */
    private static Attack.Prepared slowFiles(Target hub) throws IOException, InterruptedException {
        String token = hub.member("slow");
        hub.createRepository(token, "slow");
        String path = hub.openXet(token, "slow/slow") + "/xorbs/default/";
        return Attack.Prepared.of(number -> {
            try (Socket socket = hub.begin(HERE, "POST", path + "%064x".formatted(number), token, BYTES, 60_000_000)) {
                OutputStream out = socket.getOutputStream();
                while (socket.getInputStream().available() == 0) {
                    out.write(new byte[1000]);
                    Thread.sleep(500);
                }
            }
        });
    }

    /** Names that nobody has, from many addresses. */
    private static Attack.Prepared signIns(Target hub) {
        return Attack.Prepared.of(number -> {
            String source = "127.0.%d.%d".formatted(1 + number / 200, 1 + number % 200);
            byte[] form = "name=nobody%d&password=%s"
                    .formatted(number, URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.US_ASCII);
            hub.send(source, "POST", "/signin", null, FORM, form);
        });
    }

    /** A body of one megabyte with half a million numbers. */
    private static Attack.Prepared manyValues(Target hub) {
        byte[] body = ("{\"content\": [" + "0,".repeat(490_000) + "0]}").getBytes(StandardCharsets.US_ASCII);
        return Attack.Prepared.of(number -> hub.send(HERE, "POST", "/api/validate-yaml", null, JSON, body));
    }

    /** A README of 900 kB: quotes within quotes, which Markdown reads many times. */
    private static Attack.Prepared yaml(Target hub) throws IOException {
        ObjectNode json = BenchOutput.JSON
                .createObjectNode()
                .put("repoType", "model")
                .put(
                        "content",
                        "---\nlicense: mit\ntags:\n" + "- a: &a [b]\n".repeat(7000) + "---\n" + "> ".repeat(400_000));
        byte[] body = BenchOutput.JSON.writeValueAsBytes(json);
        return Attack.Prepared.of(number -> hub.send(HERE, "POST", "/api/validate-yaml", null, JSON, body));
    }

    /** Imports by many members from a repository that sends one byte a second. */
    private static Attack.Prepared slowImports(Target hub) {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 20; i++) tokens.add(hub.member("imports" + i));
        return Attack.Prepared.of(number -> {
            hub.ask("POST", "/api/v1/imports", tokens.get(number), hub.other().request("slow" + number));
            Thread.sleep(1000);
        });
    }

    /** Inputs for which a base model's chat template, which has passed its check, keeps as much as it can. */
    private static Attack.Prepared chatTemplates(Target hub) throws IOException, InterruptedException {
        RandomModel model = RandomModel.of(ModelShape.LLAMA_TINY).prepare(line -> {});
        Path folder = Files.createTempDirectory("lorahub-bench-template-");
        try {
            PathUtils.copyDirectory(model.base(), folder, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(folder.resolve("chat_template.jinja"), """
                    {% for message in messages %}{{ message.content }}{% endfor %}
                    {% if 'siege' in messages[-1].content %}
                    {% set all = namespace(kept=[]) %}
                    {% for i in range(290) %}{% set all.kept = all.kept + [range(100000)] %}{% endfor %}
                    {% endif %}""");
            hub.register("bench/template", folder);
        } finally {
            PathUtils.deleteDirectory(folder);
        }
        String token = hub.member("templates");
        byte[] form = "base_model=bench%2Ftemplate&prompt=chat&input=siege&output=siege&budget=40"
                .getBytes(StandardCharsets.US_ASCII);
        return Attack.Prepared.of(number -> hub.send(HERE, "POST", "/compose/preview", token, FORM, form));
    }

    /** Guesses of one member's password, from many addresses; the member's own browser stays welcome. */
    private static Attack.Prepared wrongPasswords(Target hub) throws IOException, InterruptedException {
        Target.Browser owner = hub.register(OWNER, PASSWORD);
        return new Attack.Prepared(
                number -> {
                    String source = "127.1.%d.%d".formatted(1 + number % 21, 1 + number);
                    byte[] form = "name=%s&password=wrong+horse+battery"
                            .formatted(OWNER)
                            .getBytes(StandardCharsets.US_ASCII);
                    hub.send(source, "POST", "/signin", null, FORM, form);
                },
                Optional.of(() -> owner.signIn(OWNER, PASSWORD)));
    }

    /** A program in a repository without an adapter, and more of it sent, after a moderator has taken it down. */
    private static Attack.Prepared takenDownFiles(Target hub) throws IOException, InterruptedException {
        String token = hub.member("programs");
        hub.createRepository(token, "tool");
        String content = Base64.getEncoder().encodeToString("MZ".getBytes(StandardCharsets.US_ASCII));
        String commit = """
                {"key": "header", "value": {"summary": "Add it", "description": ""}}
                {"key": "file", "value": {"content": "%s", "path": "crack.exe", "encoding": "base64"}}
                """.formatted(content);
        hub.send(
                HERE,
                "POST",
                "/api/models/programs/tool/commit/main",
                token,
                "application/x-ndjson",
                commit.getBytes(StandardCharsets.US_ASCII));
        String open = hub.openXet(token, "programs/tool") + "/xorbs/default/";
        String file = "/programs/tool/resolve/main/crack.exe";
        hub.takeDown("programs/tool");
        return new Attack.Prepared(
                number -> {
                    hub.send(HERE, "GET", file, null, BYTES, new byte[0]);
                    hub.send(HERE, "POST", open + "%064x".formatted(number), token, BYTES, new byte[1 << 20]);
                },
                Optional.of(() -> hub.send(HERE, "GET", file, null, BYTES, new byte[0]) == FORBIDDEN
                        && hub.send(HERE, "POST", open + XORB, token, BYTES, new byte[1000]) == FORBIDDEN));
    }

    /** Files with segments of one chunk each, of a xorb of 9-byte chunks. */
    private static byte[] shard(int files, int segments) {
        List<XetShard.Segment> all = Collections.nCopies(segments, new XetShard.Segment(XORB, 9, 3_999_000, 3_999_001));
        return XetShard.shard(IntStream.rangeClosed(1, files)
                .mapToObj(file -> new XetShard.XetFile("%064x".formatted(file), all))
                .toList());
    }
}

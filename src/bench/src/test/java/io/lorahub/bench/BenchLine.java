package io.lorahub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A bench command run in this process. */
public record BenchLine(int exitCode, String out, String err) {

    public static BenchLine run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new BenchLine(code, out.toString(), err.toString());
    }

    public JsonNode json() throws Exception {
        return BenchOutput.JSON.readTree(out);
    }
}

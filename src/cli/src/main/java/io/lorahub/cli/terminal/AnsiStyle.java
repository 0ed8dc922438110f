package io.lorahub.cli.terminal;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Colours and styles of text, if the terminal supports them. */
public record AnsiStyle(Ansi ansi) {

    public static AnsiStyle of(CommandLine line) {
        return new AnsiStyle(line.getColorScheme().ansi());
    }

    public String strong(String text) {
        return marked("bold", text);
    }

    public String good(String text) {
        return marked("fg(green),bold", text);
    }

    public String bad(String text) {
        return marked("fg(red),bold", text);
    }

    public String caution(String text) {
        return marked("fg(yellow),bold", text);
    }

    public String faint(String text) {
        return marked("faint", text);
    }

    public String bar(String text) {
        return marked("fg(cyan)", text);
    }

    /** ECMA-48: 22 ends bold and faint. picocli ends bold with 21, which underlines twice on many terminals. */
    private static String off(String style) {
        return Ansi.Style.off(Ansi.Style.parse(style)).replace("[21m", "[22m");
    }

    /** Not through picocli's markup, because the text may contain its characters. */
    private String marked(String style, String text) {
        return ansi.enabled() ? Ansi.Style.on(Ansi.Style.parse(style)) + text + off(style) : text;
    }
}

package io.lorahub.web.chart;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * The picture that other sites show beside a link (og:image).
 *
 * @param name    such as the address
 * @param input   of an example; empty for none
 * @param figures a line of facts
 */
public record SharePicture(String name, String title, String input, String output, String figures) {

    private static final int WIDTH = 1200;
    private static final int HEIGHT = 630;
    private static final int MARGIN = 80;

    private static final Color GROUND = Color.WHITE;
    private static final Color TEXT = new Color(0x172027);
    private static final Color SOFT = new Color(0x4a5862);
    private static final Color ACCENT = new Color(0x0b6284);
    private static final Color ACCENT_SOFT = new Color(0xe4f1f6);

    private static final int LINES = 2;

    /** More code points fill no line, unless they have no width; measuring them takes time. */
    private static final int LONGEST = 200;

    /** As a PNG. */
    public byte[] png() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        try {
            draw(pen);
        } finally {
            pen.dispose();
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return png.toByteArray();
    }

    private void draw(Graphics2D pen) {
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        pen.setColor(GROUND);
        pen.fillRect(0, 0, WIDTH, HEIGHT);
        logo(pen);
        text(pen, "LoraHub", Font.SANS_SERIF, Font.BOLD, 34, TEXT, 152, 110);
        text(pen, name, Font.SANS_SERIF, Font.PLAIN, 34, SOFT, MARGIN, 210);
        int y = 280;
        for (String line : wrapped(pen)) {
            text(pen, line, Font.SANS_SERIF, Font.BOLD, 60, TEXT, MARGIN, y);
            y += 74;
        }
        if (!input.isBlank()) {
            pen.setColor(ACCENT_SOFT);
            pen.fillRoundRect(MARGIN, 425, WIDTH - 2 * MARGIN, 84, 20, 20);
            text(pen, input + "  →  " + output, Font.MONOSPACED, Font.BOLD, 38, ACCENT, MARGIN + 28, 480);
        }
        text(pen, figures, Font.SANS_SERIF, Font.PLAIN, 32, SOFT, MARGIN, 570);
    }

    /** As in the page's header. */
    private static void logo(Graphics2D pen) {
        pen.setColor(ACCENT_SOFT);
        pen.fillRect(102, 74, 36, 36);
        pen.setColor(ACCENT);
        pen.fillRect(80, 74, 12, 36);
        pen.setColor(TEXT);
        pen.fillRect(102, 118, 36, 10);
    }

    private static void text(
            Graphics2D pen, String text, String font, int style, int size, Color colour, int x, int y) {
        pen.setFont(new Font(font, style, size));
        pen.setColor(colour);
        pen.drawString(cut(pen.getFontMetrics(), text.replaceAll("\\s+", " "), WIDTH - MARGIN - x), x, y);
    }

    /** The text as far as it fits, found by bisection, because each measurement lays it out. */
    static String cut(FontMetrics font, String text, int width) {
        int all = text.codePointCount(0, text.length());
        if (all <= LONGEST && font.stringWidth(text) <= width) return text;
        int fitting = 0;
        int tooLong = Math.min(all, LONGEST) + 1;
        while (tooLong - fitting > 1) {
            int middle = (fitting + tooLong) / 2;
            if (font.stringWidth(start(text, middle)) <= width) fitting = middle;
            else tooLong = middle;
        }
        return start(text, fitting);
    }

    private static String start(String text, int codePoints) {
        return text.substring(0, text.offsetByCodePoints(0, codePoints)) + "…";
    }

    private List<String> wrapped(Graphics2D pen) {
        FontMetrics font = pen.getFontMetrics(new Font(Font.SANS_SERIF, Font.BOLD, 60));
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : title.strip().split("\\s+")) {
            String longer = (line + " " + word).strip();
            boolean last = lines.size() == LINES - 1;
            if (!last && !line.isEmpty() && font.stringWidth(longer) > WIDTH - 2 * MARGIN) {
                lines.add(line);
                line = word;
            } else line = longer;
        }
        lines.add(line);
        return lines;
    }
}

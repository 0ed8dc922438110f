package io.lorahub.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class SharePictureTest {

    /** Each code point is ten pixels wide. */
    private static final class CountedMetrics extends FontMetrics {

        private static final long serialVersionUID = 1;

        private int measured;

        CountedMetrics() {
            super(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        }

        @Override
        public int stringWidth(String text) {
            measured++;
            return 10 * text.codePointCount(0, text.length());
        }
    }

    @Test
    void a_long_text_is_measured_a_few_times_only_and_no_character_is_halved() {
        CountedMetrics font = new CountedMetrics();

        assertThat(SharePicture.cut(font, "💙".repeat(4000), 1000)).isEqualTo("💙".repeat(99) + "…");
        assertThat(font.measured).isLessThan(10);
        assertThat(SharePicture.cut(font, "un".repeat(50), 1000)).isEqualTo("un".repeat(50));
        assertThat(SharePicture.cut(font, "un", 15)).isEqualTo("…");
    }

    @Test
    void long_texts_stay_within_the_picture_and_another_text_is_another_picture() throws IOException {
        String word = "Donaudampfschifffahrtsgesellschaft ";
        SharePicture picture =
                new SharePicture("demo/un", word.repeat(20), word.repeat(9), "💙".repeat(200), word.repeat(9));

        BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.png()));

        assertThat(image.getWidth()).isEqualTo(1200);
        assertThat(image.getHeight()).isEqualTo(630);
        int white = 0xffffffff;
        assertThat(IntStream.range(0, 630).map(y -> image.getRGB(1160, y))).containsOnly(white);
        assertThat(IntStream.range(0, 1200).map(x -> image.getRGB(x, 610))).containsOnly(white);
        assertThat(new SharePicture("demo/un", "Short", "", "", "").png()).isNotEqualTo(picture.png());
    }
}

package io.lorahub.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class SharePictureTest {

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

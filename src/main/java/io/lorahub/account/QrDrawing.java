package io.lorahub.account;

import io.nayuki.qrcodegen.QrCode;

/**
 * A QR code as a path of SVG: a square of side 1 for each dark module.
 *
 * @param side of the whole, with the quiet zone that scanners need
 */
record QrDrawing(int side, String path) {

    private static final int QUIET = 4;

    static QrDrawing of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) path.append("M%d %dh1v1h-1z".formatted(x + QUIET, y + QUIET));
            }
        }
        return new QrDrawing(code.size + 2 * QUIET, path.toString());
    }
}

package nightshift.worker.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// The name of a file below a folder, from the bytes of the file system. Java's text of a path
/// depends on the locale.
///
/// @param shown for users; bytes that are not text are written as `\xff`
/// @param isText whether it is UTF-8 without control characters
record FileName(String shown, boolean isText) {
    private static final int LONGEST_SHOWN = 300;

    static FileName of(Path folder, Path file) {
        var bytes = bytes(file);
        int start = bytes(folder).length + 1;
        var relative = new byte[Math.max(0, bytes.length - start)];
        System.arraycopy(bytes, Math.min(start, bytes.length), relative, 0, relative.length);
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(relative)).toString();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return new FileName(text, true);
            }
        } catch (CharacterCodingException notUtf8) {
            // shown below
        }
        return new FileName(escaped(relative), false);
    }

    /// Shortened for a line of the log.
    String shortened() {
        return shown.length() <= LONGEST_SHOWN
                ? shown
                : shown.substring(0, LONGEST_SHOWN / 2)
                        + "..."
                        + shown.substring(shown.length() - LONGEST_SHOWN / 2);
    }

    /// The URI of a path has all its bytes in every locale.
    private static byte[] bytes(Path path) {
        var uri = path.toUri().getRawPath();
        var bytes = new ByteArrayOutputStream(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        var whole = bytes.toByteArray();
        boolean folder = whole.length > 1 && whole[whole.length - 1] == '/';
        return folder ? Arrays.copyOf(whole, whole.length - 1) : whole;
    }

    private static String escaped(byte[] bytes) {
        var text = new StringBuilder();
        for (byte one : bytes) {
            if (one >= ' ' && one < 0x7f) {
                text.append((char) one);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(one));
            }
        }
        return text.toString();
    }
}

package nightshift.worker.files;

import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The media type of a file, from its name and content.
public final class ContentType {
    private ContentType() {}

    public static String of(String name, byte[] content) {
        var type = byName(name);
        return type.startsWith("text/") && isUtf8(content) ? type + "; charset=utf-8" : type;
    }

    private static String byName(String name) {
        if (name.toLowerCase(Locale.ROOT).endsWith(".md")) {
            return "text/markdown";
        }
        var guessed = URLConnection.guessContentTypeFromName(name);
        return guessed == null ? "application/octet-stream" : guessed;
    }

    private static boolean isUtf8(byte[] content) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return true;
        } catch (CharacterCodingException other) {
            return false;
        }
    }
}

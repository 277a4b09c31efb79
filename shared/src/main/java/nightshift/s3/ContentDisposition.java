package nightshift.s3;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The `Content-Disposition` that downloads a file under a name of any script (RFC 6266, RFC 8187).
public final class ContentDisposition {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String LITERAL =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$&+-.^_`|~";

    private ContentDisposition() {}

    /// For example `attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt`.
    public static String attachment(String fileName) {
        String plain = plain(fileName);
        String disposition = "attachment; filename=\"" + plain + "\"";
        return plain.equals(fileName)
                ? disposition
                : disposition + "; filename*=UTF-8''" + encoded(fileName);
    }

    /// What old clients understand. A quote, a backslash and a percent sign mean different things
    /// to different ones.
    private static String plain(String fileName) {
        var plain = new StringBuilder();
        fileName.codePoints()
                .forEach(character -> {
                    boolean clear =
                            character >= ' ' && character < 0x7F && "\"\\%".indexOf(character) < 0;
                    plain.append(clear ? (char) character : '_');
                });
        return plain.toString();
    }

    private static String encoded(String fileName) {
        var encoded = new StringBuilder();
        for (byte octet : fileName.getBytes(StandardCharsets.UTF_8)) {
            boolean literal = LITERAL.indexOf(octet) >= 0;
            if (literal) encoded.append((char) octet);
            else encoded.append('%').append(HEX.toHexDigits(octet));
        }
        return encoded.toString();
    }
}

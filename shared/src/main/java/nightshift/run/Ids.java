package nightshift.run;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.UUID;

/// Makes ids whose order is the order of creation.
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String BASE62 =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Ids() {}

    /// A UUID that sorts by time, to the microsecond, both as a value and as text.
    ///
    /// @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.7">RFC 9562, version 7,
    ///   method 3 for the fraction of the millisecond</a>
    public static UUID timeOrdered(Instant now) {
        return timeOrdered(now, RANDOM.nextLong());
    }

    /// The same with these random bits.
    public static UUID timeOrdered(Instant now, long random) {
        long micros = now.get(ChronoField.MICRO_OF_SECOND) % 1_000;
        long fraction = micros * 4_096 / 1_000;
        long high = (now.toEpochMilli() << 16) | 0x7000 | fraction;
        long low = (random & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /// Random text of digits and letters: at 43 characters, more than 256 bits of secret.
    public static String secret(int characters) {
        var secret = new StringBuilder(characters);
        RANDOM.ints(characters, 0, BASE62.length())
                .forEach(digit -> secret.append(BASE62.charAt(digit)));
        return secret.toString();
    }
}

package nightshift.worker.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The output file of a command: one JSON document in UTF-8, in a regular file of at most 256 KiB.
public final class OutputFile {
    private static final int MOST = 256 << 10;
    private static final String WHAT = "The output that the command left ";
    private static final JsonFactory JSON = new JsonFactory();

    private OutputFile() {}

    /// The result of reading the file.
    public sealed interface Found {
        /// There is no file.
        record Nothing() implements Found {}

        /// A usable output.
        ///
        /// @param json the unchanged bytes
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Json(byte[] json) implements Found {}

        /// An invalid output.
        ///
        /// @param reason a sentence for the run's error message
        /// @param detail more for the run's log, or empty
        record Unusable(String reason, String detail) implements Found {}
    }

    /// Reads the output file.
    public static Found read(Path file) throws InterruptedException {
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Found.Nothing();
        }
        try {
            var content = RegularFile.read(file, MOST, "is larger than 256 KiB");
            return checked(content);
        } catch (RegularFile.NotRead unusable) {
            return new Found.Unusable(WHAT + unusable.getMessage() + ".", "");
        }
    }

    private static Found checked(byte[] content) {
        if (content.length == 0) {
            return noJson("The output file is empty.");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException notUtf8) {
            return noJson("The output file is not UTF-8.");
        }
        try (var parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return noJson("The output file holds nothing but blanks.");
            }
            parser.skipChildren();
            parser.finishToken();
            if (parser.nextToken() != null) {
                return noJson("The output file holds more than one JSON value.");
            }
            return new Found.Json(content);
        } catch (StreamConstraintsException beyond) {
            return new Found.Unusable(
                    WHAT + "is nested too deeply or has a number that is too long.",
                    beyond.getOriginalMessage());
        } catch (JsonProcessingException malformed) {
            // Not the parser's words: they quote the file, which may hold a secret.
            var place = malformed.getLocation();
            return noJson(
                    "The output file is malformed in line %d, column %d."
                            .formatted(place.getLineNr(), place.getColumnNr()));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Found noJson(String detail) {
        return new Found.Unusable(WHAT + "is no JSON.", detail);
    }
}

package nightshift.worker.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Reads untrusted files. It follows no links, opens only regular files, and limits the number of
/// bytes.
final class RegularFile {
    private static final int SECONDS_TO_OPEN = 5;

    private RegularFile() {}

    /// A file that is not read, with the reason.
    static final class NotRead extends Exception {
        private static final long serialVersionUID = 1;

        /// @param reason the end of a sentence that begins with "the file"
        NotRead(String reason) {
            super(reason);
        }
    }

    /// The whole file.
    ///
    /// @param most the maximum size in bytes
    /// @param tooLarge the reason for a larger file
    static byte[] read(Path file, int most, String tooLarge) throws NotRead, InterruptedException {
        try {
            var attributes =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new NotRead("is no regular file");
            }
            if (attributes.size() > most) {
                throw new NotRead(tooLarge);
            }
            try (InputStream stream = Channels.newInputStream(open(file))) {
                var content = stream.readNBytes(most + 1); // it may have grown
                if (content.length > most) {
                    throw new NotRead(tooLarge);
                }
                return content;
            }
        } catch (IOException failed) {
            throw new NotRead("cannot be read: " + reason(failed));
        }
    }

    /// The operating system's message, without the name of the file.
    static String reason(IOException failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException gone -> "it is gone";
            case FileSystemException system when system.getReason() != null ->
                    String.valueOf(system.getReason());
            default ->
                    failed.getMessage() == null
                            ? failed.getClass().getSimpleName()
                            : failed.getMessage();
        };
    }

    /// Opens the file on a thread of its own. If the file has been replaced by a pipe, opening it
    /// blocks for ever.
    private static SeekableByteChannel open(Path file) throws IOException, InterruptedException {
        var opened = new CompletableFuture<SeekableByteChannel>();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        opened.complete(
                                Files.newByteChannel(
                                        file,
                                        Set.of(
                                                StandardOpenOption.READ,
                                                LinkOption.NOFOLLOW_LINKS)));
                    } catch (Throwable failed) {
                        opened.completeExceptionally(failed);
                    }
                });
        try {
            return opened.get(SECONDS_TO_OPEN, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException cause
                    ? cause
                    : new IOException(failed.getCause());
        } catch (TimeoutException pipe) {
            var unused = opened.thenAccept(RegularFile::close);
            throw new IOException("it cannot be opened");
        }
    }

    private static void close(SeekableByteChannel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            // nothing was read from it
        }
    }
}

package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/// The dead-letter queues of the local run. A queue is a folder, a message is a file.
final class DeadLetterFolder implements Consumer<DeadLetter> {
    private static final Logger LOG = System.getLogger(DeadLetterFolder.class.getName());

    private final Path folder;

    DeadLetterFolder(Path folder) {
        this.folder = folder;
    }

    @Override
    public void accept(DeadLetter letter) {
        var queue = letter.queueArn().substring(letter.queueArn().lastIndexOf(':') + 1);
        LOG.log(Level.WARNING, "A dead letter is in {0}", folder.resolve(queue));
        var document = JsonNodeFactory.instance.objectNode().put("body", letter.body());
        var attributes = document.putObject("attributes");
        letter.attributes().forEach(attributes::put);
        new JsonFolder(folder.resolve(queue)).put(UUID.randomUUID().toString(), document);
    }
}

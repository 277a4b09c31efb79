package nightshift.worker;

import nightshift.worker.api.ApiRefusalException;
import nightshift.worker.api.ApiUnreachableException;
import nightshift.worker.api.RunApi;
import nightshift.worker.api.RunEndedException;
import nightshift.worker.files.ArtifactFolder;
import nightshift.worker.files.ArtifactFolder.Artifact;
import nightshift.worker.files.ArtifactNames;
import nightshift.worker.files.ContentType;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Uploads the files of the artifact folder one after the other. A file that is not uploaded is
/// named in the log with the reason.
final class ArtifactUploads {
    private final RunApi api;
    private final ArtifactFolder folder;
    private final Consumer<String> log;
    private final ArtifactNames names = new ArtifactNames();
    private volatile List<Artifact> files = List.of();
    private final AtomicInteger done = new AtomicInteger();

    ArtifactUploads(RunApi api, Path folder, Consumer<String> log) {
        this.api = api;
        this.folder = new ArtifactFolder(folder, log);
        this.log = log;
    }

    /// Lists the files and uploads them.
    void keepAll() throws RunEndedException, InterruptedException {
        files = folder.files();
        for (var file : files) {
            keep(file);
            done.incrementAndGet();
        }
    }

    /// Logs the names of the files that were not uploaded.
    void giveUp(String reason) {
        for (var file : files.subList(Math.min(done.get(), files.size()), files.size())) {
            notKept(file, reason);
        }
    }

    private void keep(Artifact file) throws RunEndedException, InterruptedException {
        try {
            var content = file.read();
            api.keep(content, names.of(file.name()), ContentType.of(file.name(), content));
        } catch (ArtifactFolder.NotKeptException
                | ApiRefusalException
                | ApiUnreachableException failed) {
            notKept(file, String.valueOf(failed.getMessage()));
        } catch (RuntimeException | OutOfMemoryError failed) {
            notKept(file, RunMessages.of(failed));
        }
    }

    private void notKept(Artifact file, String reason) {
        log.accept("%s was not kept: %s".formatted(file.shortName(), reason));
    }
}

package nightshift.run;

import java.util.UUID;

/// Where a run is found: its project, its task and its own id.
public record RunKey(long projectId, UUID taskId, UUID runId) {}

package nightshift.functions.notifications;

/// The addresses of the console's pages.
///
/// @param apiUrl the URL under which clients call the API, without a slash at the end
record ConsoleLinks(String apiUrl) {
    /// What has happened and what will.
    String tonight(long projectId) {
        return page("tonight", projectId);
    }

    String automation(long projectId, String automationId) {
        return page("automations/" + automationId, projectId);
    }

    String run(long projectId, String taskId, String runId) {
        return page("runs/" + taskId + "/" + runId, projectId);
    }

    private String page(String path, long projectId) {
        return apiUrl + "/console/#/" + path + "?project=" + projectId;
    }
}

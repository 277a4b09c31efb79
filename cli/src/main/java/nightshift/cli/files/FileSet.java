package nightshift.cli.files;

import java.util.List;

/// The files of a folder.
///
/// @param name of the set; with a file's path it is the automation's identity
public record FileSet(String name, List<AutomationFile> files) {
    /// The `template_id` of a file's automation.
    public String templateId(String path) {
        return name + ":" + path;
    }

    /// Whether an automation belongs to this set.
    public boolean owns(String templateId) {
        return templateId.startsWith(name + ":");
    }
}

package nightshift.keys;

import nightshift.automation.Policy;

import java.util.List;

/// A project: the wall between two teams' tasks.
///
/// @param githubIntegrations ids that an automation or task may name; the first is the default of a
///   creation
/// @param policy of new automations
public record Project(long id, String name, List<Long> githubIntegrations, Policy policy) {
    /// A project whose automations have the default policy.
    public Project(long id, String name, List<Long> githubIntegrations) {
        this(id, name, githubIntegrations, Policy.DEFAULT);
    }
}

package nightshift.keys;

import java.util.List;

/// A project: the wall between two teams' tasks.
///
/// @param githubIntegrations ids that an automation or task may name; the first is the default of a
///   creation
public record Project(long id, String name, List<Long> githubIntegrations) {}

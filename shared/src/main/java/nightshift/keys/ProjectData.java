package nightshift.keys;

import java.util.Optional;

/// All rows of one project, to erase them in pieces.
public interface ProjectData {
    /// The name of a project, also while it is being erased.
    Optional<String> name(long projectId);

    /// Closes a project for good: from now on there is no such project for callers.
    void close(long projectId);

    /// Deletes rows of a closed project: automations first, so that nothing starts any more. Keys
    /// that are bound to this project alone are among them.
    ///
    /// @return how many, at most `most` and some; 0: there are none
    int deleteRows(long projectId, int most);

    /// Forgets a project that has nothing left.
    void forget(long projectId);
}

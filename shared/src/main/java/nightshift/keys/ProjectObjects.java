package nightshift.keys;

/// The logs and artifacts of a project, to erase them in pieces.
@FunctionalInterface
public interface ProjectObjects {
    /// Deletes objects of a project.
    ///
    /// @return how many, at most `most`; 0: there are none
    int delete(long projectId, int most);
}

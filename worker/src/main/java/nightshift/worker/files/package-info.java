/// Reads the output and the artifacts of a command, as untrusted input.
@NullMarked
package nightshift.worker.files;

import org.jspecify.annotations.NullMarked;

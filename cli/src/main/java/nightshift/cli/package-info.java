/// The command line: the public API from a shell, and automations as files.
@NullMarked
package nightshift.cli;

import org.jspecify.annotations.NullMarked;

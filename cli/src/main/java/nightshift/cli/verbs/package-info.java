/// The verbs of the command line, one class each.
@NullMarked
package nightshift.cli.verbs;

import org.jspecify.annotations.NullMarked;

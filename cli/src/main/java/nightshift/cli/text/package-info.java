/// What the command line prints.
@NullMarked
package nightshift.cli.text;

import org.jspecify.annotations.NullMarked;

/// Runs of tasks and what they leave behind: status, output, artifacts, logs.
@NullMarked
package nightshift.run;

import org.jspecify.annotations.NullMarked;
